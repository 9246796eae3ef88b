import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { RunAttempt } from '#shared/ports/store.ts';
import { currentAttempt } from './change-run.ts';
import { type EndRunDeps, endRun } from './end-run.ts';

/** What taking care of a run needs. */
export interface TakeCareDeps extends EndRunDeps {
  readonly engine: EndRunDeps['engine'] & Pick<Engine, 'start' | 'look'>;
}

/**
 * What was done for an attempt: nothing, since its execution is `live`; it is `over`, and holds nothing any more; its execution was `started`,
 * of which nothing was known; it was `settled`, since its execution has ended without it; or there is no such attempt (yet): `unknown`.
 */
export type Care = 'live' | 'over' | 'started' | 'settled' | 'unknown';

/**
 * Sees to it that an attempt does not stay open without an execution that works on it. The engine is asked what is true, so it may be done at
 * any time, twice, and while the execution goes on: starting is idempotent, and an end is written once.
 */
export const takeCare = async (deps: TakeCareDeps, { runId, attempt }: RunAttempt): Promise<Care> => {
  const run = await deps.store.get(runId);
  if (run === undefined || attempt > currentAttempt(run)) return 'unknown';
  const isOver = attempt < currentAttempt(run) || isTerminalRunStatus(run.status);
  const execution = await deps.engine.look(runId, attempt);
  if (execution.state === 'running') return 'live';
  if (!isOver && execution.state === 'absent') {
    await deps.engine.start(runId, attempt);
    deps.log.warn('run.resumed', { runId, attempt });
    return 'started';
  }
  const error = execution.state === 'ended' ? execution.error : { Error: '' };
  await endRun(deps, { runId, attempt, error });
  if (isOver) return 'over';
  deps.log.warn('run.settled', { runId, attempt, error: error.Error });
  return 'settled';
};
