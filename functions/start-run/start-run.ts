import { changeRun, isAttemptOpen, withLastAttempt } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { selectsGroup } from '#shared/plan/selection.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
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
 * has been followed by another one, gets no groups and so changes nothing.
 */
export const startRun =
  (deps: StartRunDeps): TaskBehaviour<'startRun'> =>
  async ({ runId, attempt }) => {
    const at = nowIso(deps.clock);
    const run = await changeRun(deps.store, runId, (one) => {
      const isStarted = one.attempts.at(-1)?.startedAt !== undefined;
      if (isStarted || !isAttemptOpen(one, attempt)) return undefined;
      return {
        ...one,
        // An operator may have paused or aborted it before it started: that word stands.
        status: one.status === 'queued' ? 'running' : one.status,
        startedAt: one.startedAt ?? at,
        attempts: withLastAttempt(one, { status: 'running', startedAt: at }),
      };
    });
    if (!isAttemptOpen(run, attempt)) return { groups: [] };
    deps.log.info('run.started', { runId, attempt });
    const job = await deps.json.job(run);
    const selection = run.attempts.at(-1)?.selection ?? {};
    return { groups: job.spec.groups.flatMap((group, index) => (selectsGroup(selection, group) ? [index] : [])) };
  };
