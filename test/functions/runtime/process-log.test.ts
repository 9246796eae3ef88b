import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** What a process prints that is told to say a few things. */
const printed = async (environment: Readonly<Record<string, string>>): Promise<readonly Record<string, unknown>[]> => {
  const child = fork(fileURLToPath(new URL('./talkative-process.ts', import.meta.url)), {
    env: environment,
    silent: true,
  });
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  child.stderr?.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

describe('the log of a process', () => {
  it('is one JSON line a fact, each with what belongs to the event under way, and no other', async () => {
    const lines = await printed({});
    expect(lines).toEqual([
      {
        timestamp: expect.stringMatching(/^2\d{3}-.*Z$/),
        level: 'INFO',
        event: 'a.said',
        task: 't',
        runId: 'r1',
        n: 1,
      },
      { timestamp: expect.any(String), level: 'WARN', event: 'b.said', task: 't', batchId: 'b1', reason: 'so it is' },
      {
        timestamp: expect.any(String),
        level: 'ERROR',
        event: 'run.finished',
        task: 't',
        batchId: 'b1',
        status: 'failed',
      },
    ]);
  });

  it('has the debug lines when they are asked for', async () => {
    const lines = await printed({ DROVER_LOG_LEVEL: 'debug' });
    expect(lines.filter(({ level }) => level === 'DEBUG')).toMatchObject([{ event: 'c.said' }]);
  });

  it('has the metrics of a deployment as lines that CloudWatch reads', async () => {
    const lines = await printed({ DROVER_DEPLOYMENT: 'prod' });
    const [metric] = lines.filter((line) => '_aws' in line);
    expect(metric).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Drover',
            Dimensions: [['service', 'deployment', 'status']],
            Metrics: [{ Name: 'RunsEnded', Unit: 'Count' }],
          },
        ],
      },
      deployment: 'prod',
      service: 'drover',
      status: 'failed',
      RunsEnded: 1,
    });
  });
});
