import { isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { markRunning } from '#functions/records/mark-running.ts';
import { selectsGroup } from '#shared/plan/selection.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Start Run needs. */
export interface StartRunDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'>;
  readonly json: JsonBlobs;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * First state of an execution: marks the run as running and names the groups to go through. An execution of an attempt that is over, or
 * has been followed by another one, gets no groups and so changes nothing. A run that has to wait for its turn runs once Next Stage has taken it.
 */
export const startRun =
  (deps: StartRunDeps): TaskBehaviour<'startRun'> =>
  async ({ runId, attempt }) => {
    const before = await requireRun(deps.store, runId);
    const takesTurns = before.turn !== undefined;
    const run = takesTurns ? before : await markRunning(deps, runId, attempt);
    if (!isAttemptOpen(run, attempt)) return { groups: [] };
    if (!takesTurns) deps.log.info('run.started', { runId, attempt });
    const job = await deps.json.job(run);
    const selection = run.attempts.at(-1)?.selection ?? {};
    return { groups: job.spec.groups.flatMap((group, index) => (selectsGroup(selection, group) ? [index] : [])) };
  };
