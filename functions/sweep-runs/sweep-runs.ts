import pMap from 'p-map';
import { type Care, type TakeCareDeps, takeCare } from '#functions/records/take-care.ts';
import { toAppError } from '#shared/errors/app-error.ts';
import type { OpenAttempt, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Sweep Runs needs. */
export interface SweepRunsDeps extends TakeCareDeps {
  readonly store: TakeCareDeps['store'] & Pick<RunStore, 'listOpen' | 'forgetOpen'>;
}

/** DescribeExecution is refilled with 10 to 15 calls a second (quotas of Step Functions). */
const atOnce = 4;

/** Attempts that one sweep looks at: about four minutes of work. */
const perSweep = 2_000;

/** How often the sweep comes; each begins where the one before it ended, when there are more than it can look at. */
const sweepMs = 600_000;

/** An attempt is noted before it is written. One that is not there after so long never will be. */
const unknownMs = 3_600_000;

/** Looks after every attempt that may be open. One that cannot be looked after now is so at the next sweep, and keeps no other from it. */
export const sweepRuns =
  (deps: SweepRunsDeps): TaskBehaviour<'sweepRuns'> =>
  async () => {
    const open = await deps.store.listOpen();
    const chosen = inTurn(open, deps.clock.now());
    const cares = await pMap(chosen, (one) => lookAfter(deps, one), { concurrency: atOnce });
    const count = (care: Care | 'failed') => cares.filter((one) => one === care).length;
    const done = { open: open.length, started: count('started'), settled: count('settled'), failed: count('failed') };
    deps.log.info('runs.swept', done);
    return done;
  };

/** As many as one sweep can look at, others at each sweep. */
const inTurn = (open: readonly OpenAttempt[], nowMs: number): readonly OpenAttempt[] => {
  if (open.length <= perSweep) return open;
  const start = (Math.floor(nowMs / sweepMs) * perSweep) % open.length;
  return [...open.slice(start), ...open.slice(0, start)].slice(0, perSweep);
};

const lookAfter = async (deps: SweepRunsDeps, one: OpenAttempt): Promise<Care | 'failed'> => {
  try {
    const care = await takeCare(deps, one);
    const isGone = care === 'unknown' && deps.clock.now() - Date.parse(one.notedAt) > unknownMs;
    if (care === 'over' || care === 'settled' || isGone) await deps.store.forgetOpen(one);
    return care;
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    deps.log.error('run.not-swept', { runId: one.runId, attempt: one.attempt, code, message });
    return 'failed';
  }
};
