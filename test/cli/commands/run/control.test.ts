import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

describe('drover run abort, pause, resume', () => {
  test.each(['abort', 'pause', 'resume'])('%s takes no beginning of an id, and names the whole one', async (verb) => {
    const { exitCode, asked, stderr } = await cli(['run', verb, runId.slice(0, 6)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Did you mean ${runId}?`);
    expect(asked.map(([name]) => name)).toEqual(['listRuns']);
  });

  test.each(['abort', 'pause', 'resume'])('%s asks the server and leaves', async (verb) => {
    const services = { viewRun: async () => makeRunView({ status: 'running' }) };
    const { exitCode, asked, stdout } = await cli(['run', verb, runId, '--reason', 'too slow'], { services });
    expect(exitCode).toBe(0);
    expect(asked).toEqual([[`${verb}Run`, runId, { reason: 'too slow' }, 'ada']]);
    expect(stdout).toMatch(/^running {2}roll-shop/);
  });

  test('a run that cannot be paused exits with 6', async () => {
    const services = {
      pauseRun: async () => {
        throw new AppError('run.conflict', 'The run is over');
      },
    };
    expect(await cli(['run', 'pause', runId], { services })).toMatchObject({
      exitCode: 6,
      stderr: 'error The run is over\n',
    });
  });

  test('abort --after-batch says so', async () => {
    const { asked } = await cli(['run', 'abort', runId, '--after-batch']);
    expect(asked[0]).toEqual(['abortRun', runId, { afterBatch: true }, 'ada']);
  });

  test.each([
    ['every node is confirmed stopped', { confirmed: 98 }, 0, '(98 confirmed stopped)'],
    ['some are not', { confirmed: 98, unknown: 2 }, 1, '(98 confirmed stopped, 2 unknown)'],
    ['something runs on', { running: 1 }, 1, '(1 still running)'],
  ])('abort --watch waits for the end, and its exit code tells whether %s', async (_, stops, code, text) => {
    let looks = 0;
    const services = {
      viewRun: async () => {
        looks += 1;
        return looks < 3 ? makeRunView({ status: 'aborting' }) : makeRunView({ status: 'aborted', stops });
      },
    };
    const { exitCode, stdout } = await cli(['run', 'abort', runId, '--watch'], { services });
    expect(exitCode).toBe(code);
    expect(stdout).toContain(text);
  });
});
