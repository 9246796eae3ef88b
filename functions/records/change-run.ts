import { AppError, isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** How often a change is decided again when another writer came first. */
const maxTries = 8;

/**
 * Reads a run that has to be there.
 * @throws AppError `run.not-found`
 */
export const requireRun = async (store: Pick<RunStore, 'get'>, runId: RunId): Promise<RunRecord> => {
  const run = await store.get(runId);
  if (!run)
    throw new AppError('run.not-found', `There is no run ${runId}`, { hint: 'List the runs with: drover run list' });
  return run;
};

/**
 * Reads a run, decides, and writes it under its version; decides again when another writer came first.
 * `change` gives the run as it is to be, or undefined when there is nothing to do. Returns the run as it stands afterwards.
 * @throws AppError `run.not-found`, `store.conflict` when others keep coming first, or what `change` throws.
 */
export const changeRun = async (
  store: Pick<RunStore, 'get' | 'replace'>,
  runId: RunId,
  change: (run: RunRecord) => RunRecord | undefined,
): Promise<RunRecord> => {
  for (let tries = 1; ; tries += 1) {
    const run = await requireRun(store, runId);
    const changed = change(run);
    if (!changed) return run;
    const next = { ...changed, version: run.version + 1 };
    try {
      await store.replace(next);
      return next;
    } catch (error) {
      if (!isAppError(error, 'store.conflict') || tries >= maxTries) throw error;
    }
  }
};

/**
 * Refuses the number of an attempt that a run does not have.
 * @throws AppError `run.not-found`
 */
export const requireAttempt = (run: RunRecord, attempt: number | undefined): void => {
  if (attempt === undefined || (attempt >= 1 && attempt <= run.attempts.length)) return;
  throw new AppError('run.not-found', `Run ${run.runId} has no attempt ${attempt}`, {
    hint: run.attempts.length === 1 ? 'It has one attempt.' : `It has the attempts 1 to ${run.attempts.length}.`,
  });
};

/** The attempt that a run is in. */
export const currentAttempt = (run: RunRecord): number => run.attempts.length;

/** True while an attempt is the one that a run is in, and has not ended: a late task of any other attempt changes nothing. */
export const isAttemptOpen = (run: RunRecord, attempt: number): boolean =>
  currentAttempt(run) === attempt && !isTerminalRunStatus(run.status);

/** The attempts of a run with the last one changed. */
export const withLastAttempt = (
  run: RunRecord,
  change: Partial<RunRecord['attempts'][number]>,
): RunRecord['attempts'] => run.attempts.map((one, i) => (i === run.attempts.length - 1 ? { ...one, ...change } : one));
