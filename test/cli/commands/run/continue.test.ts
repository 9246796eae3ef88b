import { describe, expect, test } from 'vitest';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

describe('drover run continue', () => {
  test('asks for what is left, narrowed as wanted', async () => {
    const { exitCode, stdout, stderr, asked } = await cli(
      ['run', 'continue', runId, '--group', 'roll', '--node', 'i-1'],
      {
        services: { viewRun: async () => makeRunView({ attempt: 2, status: 'queued' }) },
      },
    );
    expect(asked[0]).toEqual([
      'continueRun',
      runId,
      { mode: 'continue', only: { groups: ['roll'], nodes: ['i-1'] } },
      'ada',
    ]);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${runId}\n`,
      stderr: `Attempt 2 of run ${runId} started\n`,
    });
  });

  test('--force asks for everything; --watch waits for the end', async () => {
    const { asked, stdout } = await cli(['run', 'continue', 'last', '--force', '--watch']);
    expect(asked).toContainEqual(['continueRun', runId, { mode: 'force', only: {} }, 'ada']);
    expect(stdout).toMatch(/^succeeded /);
  });
});
