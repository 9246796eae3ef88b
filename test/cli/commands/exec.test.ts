import { describe, expect, test } from 'vitest';
import type { NodeRow, ResultView } from '#shared/contract/run-views.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { makeNodeRow, makeResult, makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli, embeddedCli } from '../test-host.ts';

const answer = (name: string, change: Partial<ResultView> = {}) =>
  makeResult({ name, nodeId: nodeIdSchema.parse(`i-${name}`), ...change });
const row = (name: string, change: Partial<NodeRow> = {}) =>
  makeNodeRow({ name, nodeId: nodeIdSchema.parse(`i-${name}`), ...change });

const mixed = {
  viewRun: async () => makeRunView({ status: 'failed' }),
  listResults: async () => ({
    items: [
      answer('web-1'),
      answer('web-2'),
      answer('web-3', { stdout: '', stderr: 'sh: nope: not found\n', status: 'failed', exitCode: 127 }),
    ],
  }),
  listNodeRows: async () => ({
    items: [
      row('web-1'),
      row('web-2'),
      row('web-3', { status: 'failed', exitCode: 127, reason: 'exited with 127' }),
      row('web-4', { status: 'undeliverable', exitCode: null, reason: 'The agent is offline', durationMs: null }),
    ],
  }),
};
const one = (exitCode: number) => ({
  viewRun: async () => makeRunView({ status: exitCode === 0 ? 'succeeded' : 'failed' }),
  listResults: async () => ({ items: [answer('web-1', { exitCode })] }),
  listNodeRows: async () => ({ items: [row('web-1', { exitCode, status: exitCode === 0 ? 'succeeded' : 'failed' })] }),
});

describe('drover exec', () => {
  test('prints equal answers together, also those of nodes that gave none', async () => {
    const { stdout, stderr, exitCode } = await cli(['exec', '--where', 'true', '--', 'nope'], { services: mixed });
    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      [
        '── web-[1-2] (2 nodes) succeeded exit 0',
        'ok',
        '── web-3 failed exit 127',
        'stderr sh: nope: not found',
        '── web-4 undeliverable',
        'stderr The agent is offline',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain(`failed  roll-shop  ${runId}`);
    expect(stderr).toContain(`next: drover run continue ${runId}`);
  });

  test('JSON has the run, the groups and every node, and nothing else', async () => {
    const { stdout } = await cli(['exec', '--where', 'true', '-o', 'json', '--', 'nope'], { services: mixed });
    expect(JSON.parse(stdout)).toEqual({
      runId,
      status: 'failed',
      groups: [
        { nodes: ['web-1', 'web-2'], status: 'succeeded', exitCode: 0, stdout: 'ok\n', stderr: '' },
        { nodes: ['web-3'], status: 'failed', exitCode: 127, stdout: '', stderr: 'sh: nope: not found\n' },
      ],
      nodes: [
        { nodeId: 'i-web-1', name: 'web-1', status: 'succeeded', exitCode: 0, reason: null, durationMs: 1200 },
        { nodeId: 'i-web-2', name: 'web-2', status: 'succeeded', exitCode: 0, reason: null, durationMs: 1200 },
        {
          nodeId: 'i-web-3',
          name: 'web-3',
          status: 'failed',
          exitCode: 127,
          reason: 'exited with 127',
          durationMs: 1200,
        },
        {
          nodeId: 'i-web-4',
          name: 'web-4',
          status: 'undeliverable',
          exitCode: null,
          reason: 'The agent is offline',
          durationMs: null,
        },
      ],
    });
  });

  test('sends a job whose words are data, on the nodes that were named', async () => {
    const { asked } = await cli([
      'exec',
      '--tag',
      'app=shop',
      '--timeout',
      '5s',
      '--max-concurrency',
      '20',
      '--',
      'ls',
      '-o',
      'my file',
      '--help',
    ]);
    expect((asked[0]?.[1] as { request: { job: object } } | undefined)?.request.job).toMatchObject({
      metadata: { name: 'exec' },
      spec: {
        targets: { where: '("app" in node.tags && node.tags["app"] == "shop")' },
        groups: [
          {
            maxFailures: '100%',
            maxConcurrency: 20,
            phases: [
              {
                operations: [
                  { run: '"$@"', args: ['ls', '-o', 'my file', '--help'], timeout: '5s', interpreter: 'sh' },
                ],
              },
            ],
          },
        ],
      },
    });
  });

  test('everything after the first word belongs to the command, also without --', async () => {
    const { asked } = await cli(['exec', '--node', 'i-1', 'df', '-h', '--output']);
    expect(asked[0]?.[1]).toMatchObject({
      request: {
        job: {
          spec: {
            targets: { nodes: ['i-1'] },
            groups: [{ phases: [{ operations: [{ args: ['df', '-h', '--output'] }] }] }],
          },
        },
      },
    });
  });

  test('it must be said on which nodes, in one way', async () => {
    expect(await cli(['exec', '--', 'uptime'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--where true'),
      asked: [],
    });
    const both = await cli(['exec', '--where', 'true', '--nodes-file', 'x', '--', 'uptime']);
    expect(both).toMatchObject({ exitCode: 2, asked: [] });
  });

  test.each([
    [['--propagate-exit-code'], one(42), 42],
    [[], one(42), 1],
    [['--propagate-exit-code'], one(0), 0],
    [['--propagate-exit-code'], mixed, 1],
  ])('with %j the exit code is right (%#)', async (flags, services, exitCode) => {
    expect((await cli(['exec', '--where', 'true', ...flags, '--', 'x'], { services })).exitCode).toBe(exitCode);
  });

  test('tolerated failures of the run still fail the command', async () => {
    const services = { ...mixed, viewRun: async () => makeRunView({ status: 'completed' }) };
    expect((await cli(['exec', '--where', 'true', '--', 'x'], { services })).exitCode).toBe(1);
  });

  test('bad amounts and interpreters are refused', async () => {
    for (const flags of [
      ['--max-failures', 'many'],
      ['--max-concurrency', '101%'],
      ['--interpreter', 'ruby'],
      ['--timeout', '1 hour'],
    ])
      expect(await cli(['exec', '--where', 'true', ...flags, '--', 'x'])).toMatchObject({ exitCode: 2, asked: [] });
  });

  test('works without a server', async () => {
    expect(await embeddedCli(['exec', '--where', 'true', '-q', '--', 'echo ok'])).toMatchObject({
      exitCode: 0,
      stdout: '── web-1 succeeded exit 0\nok\n',
      stderr: '',
      closed: 1,
    });
  });
});
