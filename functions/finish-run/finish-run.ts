import { changeRun, currentAttempt, withLastAttempt } from '#functions/records/change-run.ts';
import { readJobHistory } from '#functions/records/job-history.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { viewGroups } from '#functions/records/view-groups.ts';
import type { GroupView } from '#shared/contract/run-views.ts';
import type { Job } from '#shared/model/job.ts';
import { endsRun, type RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus, type PhaseStatus, type RunStatus } from '#shared/model/status.ts';
import { selectsGroup, selectsPhase } from '#shared/plan/selection.ts';
import { runStatus } from '#shared/plan/statuses.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Finish Run needs. */
export interface FinishRunDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> & Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
  readonly json: JsonBlobs;
  readonly clock: Clock;
  readonly log: Log;
}

/** Last state of an execution: the run's final status, from the ledger and from what ended the groups early. */
export const finishRun =
  (deps: FinishRunDeps): TaskBehaviour<'finishRun'> =>
  async ({ runId, attempt, error }) => {
    const run = await deps.store.get(runId);
    if (!run || currentAttempt(run) !== attempt || isTerminalRunStatus(run.status))
      return { status: run?.status ?? 'failed' };
    const jobs = await readJobHistory(deps.json, run);
    const statuses = finalStatuses(run, jobs.current, await viewGroups(deps, run, jobs));
    const broken = error.Error !== '' && error.Error !== 'group.failed' ? reasonOf(error) : undefined;
    const at = nowIso(deps.clock);
    const finished = await changeRun(deps.store, runId, (one) => {
      if (isTerminalRunStatus(one.status)) return undefined;
      const status = terminal(runStatus(statuses, { aborted: endsRun(one.control), broken: broken !== undefined }));
      const { reason: said, ...kept } = one;
      // What was said of a pause is over with the run; why it was aborted is not.
      const reason = broken ?? (endsRun(one.control) ? said : undefined);
      return {
        ...kept,
        status,
        endedAt: at,
        ...(reason === undefined ? {} : { reason }),
        attempts: withLastAttempt(one, { status, endedAt: at, ...(reason === undefined ? {} : { reason }) }),
      };
    });
    deps.log.info('run.finished', { runId, attempt, status: finished.status });
    return { status: finished.status };
  };

/** Statuses of the phases that this attempt wanted, and of those that any attempt touched. */
const finalStatuses = (run: RunRecord, job: Job, groups: readonly GroupView[]): readonly PhaseStatus[] => {
  const selection = run.attempts.at(-1)?.selection ?? {};
  return groups.flatMap((view, index) => {
    const group = job.spec.groups[index];
    const wantsGroup = group !== undefined && selectsGroup(selection, group);
    return view.phases.flatMap((phase) =>
      (wantsGroup && selectsPhase(selection, phase)) || phase.slices.length > 0 ? [phase.status] : [],
    );
  });
};

/** An execution that ends leaves nothing under way: what was not reached counts as failed. */
const terminal = (status: RunStatus): RunStatus => (isTerminalRunStatus(status) ? status : 'failed');

/** Step Functions hands a function's error over as JSON text; what a person needs of it is the message. */
const reasonOf = (error: { readonly Error: string; readonly Cause?: string | undefined }): string => {
  const message = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(error.Cause ?? '')?.[1];
  return `${error.Error}: ${message === undefined ? (error.Cause ?? '') : String(JSON.parse(message))}`.slice(0, 1024);
};
