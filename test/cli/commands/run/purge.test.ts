import { describe, expect, test } from 'vitest';
import { makeRunView, otherRunId, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

const purged = (asked: readonly (readonly [string, ...unknown[]])[]) =>
  asked.filter(([name]) => name === 'purgeRun').map(([, id]) => id);

describe('drover run purge', () => {
  test('removes a run, asking again until all of it is gone', async () => {
    const answers = [false, false, true];
    const asked: string[] = [];
    const { stdout, exitCode } = await cli(['run', 'purge', runId, '--yes'], {
      services: {
        purgeRun: async (id) => {
          asked.push(id);
          return { runId: id, done: answers.shift() ?? true, batches: 1 };
        },
      },
    });
    expect([exitCode, stdout, asked]).toEqual([0, '1 run removed\n', [runId, runId, runId]]);
  });

  test('removes all that ended longer ago, and none that goes on', async () => {
    const ended = (id: typeof runId, endedAt?: string) => ({
      ...makeRunView(),
      runId: id,
      ...(endedAt === undefined ? {} : { endedAt }),
    });
    const { endedAt: _end, ...goesOn } = makeRunView();
    const items = [ended(runId, '2025-10-01T00:00:00.000Z'), ended(otherRunId, '2025-12-31T00:00:00.000Z'), goesOn];
    const services = { listRuns: async () => ({ items }) };
    const { asked, exitCode } = await cli(['run', 'purge', '--older-than', '30d', '--yes'], { services });
    expect(exitCode).toBe(0);
    expect(purged(asked)).toEqual([runId]);
  });

  test('asks first; without a terminal it wants --yes; and it wants to know what', async () => {
    const unasked = await cli(['run', 'purge', runId]);
    expect([unasked.exitCode, purged(unasked.asked)]).toEqual([2, []]);
    const no = await cli(['run', 'purge', runId], { terminal: true, answers: ['n'] });
    expect([no.exitCode, purged(no.asked)]).toEqual([0, []]);
    const yes = await cli(['run', 'purge', runId], { terminal: true, answers: ['y'] });
    expect([yes.exitCode, purged(yes.asked)]).toEqual([0, [runId]]);
    expect((await cli(['run', 'purge', '--yes'])).exitCode).toBe(2);
    expect((await cli(['run', 'purge', runId, '--older-than', '3d', '--yes'])).exitCode).toBe(2);
  });
});
