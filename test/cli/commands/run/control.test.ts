import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

describe('drover run abort, pause, resume', () => {
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
});
