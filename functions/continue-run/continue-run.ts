import { type AddAttemptDeps, addAttempt, runAtItsEnd } from '#functions/records/add-attempt.ts';
import { currentAttempt } from '#functions/records/change-run.ts';
import { type ChangedJobDeps, readChangedJob } from '#functions/targets/changed-job.ts';
import type { ContinueRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { checkSelection } from '#shared/plan/selection.ts';

/** What continuing a run needs. */
export interface ContinueRunDeps extends AddAttemptDeps, ChangedJobDeps {
  readonly store: AddAttemptDeps['store'] & ChangedJobDeps['store'];
  readonly json: AddAttemptDeps['json'];
}

/**
 * Adds an attempt to a run that is at its end: what is left, each node from its own next operation, with the same parameters; or everything
 * again with `force`. With another job where what is done can be carried over.
 * @throws AppError `run.not-found`, `run.conflict` when the run is under way or has nothing left, `request.invalid`, and as `readChangedJob`
 */
export const continueRun =
  (deps: ContinueRunDeps) =>
  async (runId: RunId, { mode, only, job: document }: ContinueRequest, actor: string): Promise<void> => {
    const before = await runAtItsEnd(deps, runId);
    const job =
      document === undefined ? undefined : await readChangedJob(deps, before, { document, again: mode === 'force' });
    checkSelection(await deps.json.job(job === undefined ? before : { ...before, ...job }), only);
    if (mode === 'continue' && job === undefined) refuseIfNothingIsLeft(before);
    await addAttempt(deps, before, { selection: { mode, ...only }, actor, job });
  };

const refuseIfNothingIsLeft = (run: RunRecord): void => {
  const { runId, status } = run;
  if (status !== 'succeeded' && status !== 'completed') return;
  const wasReset = run.marks?.some(({ kind, attempt }) => kind === 'reset' && attempt === currentAttempt(run)) ?? false;
  if (wasReset) return;
  throw new AppError('run.conflict', `Run ${runId} has ${status}: nothing is left to do`, {
    hint: `Run everything again with: drover run continue ${runId} --force`,
  });
};
