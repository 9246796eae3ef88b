import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { changeRun, isAttemptOpen, withLastAttempt } from './change-run.ts';

/**
 * Marks the current attempt of a run as running, from the first time on. An operator may have paused or aborted it before it started: that word
 * stands.
 */
export const markRunning = (
  deps: { readonly store: Pick<RunStore, 'get' | 'replace'>; readonly clock: Clock },
  runId: RunId,
  attempt: number,
): Promise<RunRecord> => {
  const at = nowIso(deps.clock);
  return changeRun(deps.store, runId, (one) => {
    const startedAt = one.attempts.at(-1)?.startedAt;
    const isRunning = startedAt !== undefined && one.status !== 'queued';
    if (isRunning || !isAttemptOpen(one, attempt)) return undefined;
    return {
      ...one,
      status: one.status === 'queued' ? 'running' : one.status,
      startedAt: one.startedAt ?? at,
      attempts: withLastAttempt(one, { status: 'running', startedAt: startedAt ?? at }),
    };
  });
};

/** Marks an attempt that goes on as waiting in line again. */
export const markQueued = (
  deps: { readonly store: Pick<RunStore, 'get' | 'replace'> },
  runId: RunId,
  attempt: number,
): Promise<RunRecord> =>
  changeRun(deps.store, runId, (one) =>
    one.status === 'running' && isAttemptOpen(one, attempt)
      ? { ...one, status: 'queued', attempts: withLastAttempt(one, { status: 'queued' }) }
      : undefined,
  );
