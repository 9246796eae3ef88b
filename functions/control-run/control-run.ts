import { changeRun } from '#functions/records/change-run.ts';
import { wakeWaitingBatches } from '#functions/records/wake-permits.ts';
import type { ControlRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Engine, Log } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';

/** What pausing, resuming and aborting need. */
export interface ControlRunDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> &
    Pick<PlanStore, 'listSlices' | 'listProgress'> &
    Pick<LedgerStore, 'listInvocations' | 'signal'> &
    Pick<LockStore, 'listPermits' | 'signalPermit'>;
  readonly engine: Pick<Engine, 'complete'>;
  readonly log: Log;
}

type Control = (runId: RunId, request: ControlRequest, actor: string) => Promise<void>;

/**
 * Pauses a run: no new operation starts, those under way finish, and the run holds. Pausing a paused run changes nothing.
 * @throws AppError `run.not-found`, `run.conflict` when the run is at its end or being aborted
 */
export const pauseRun =
  (deps: ControlRunDeps): Control =>
  async (runId, request, actor) => {
    const paused = await changeRun(deps.store, runId, (run) => {
      refuseIfOver(run, 'paused');
      if (run.control === 'abort') throw conflict(run, 'is being aborted and cannot be paused');
      if (run.control === 'pause') return undefined;
      return { ...run, control: 'pause', status: 'pausing', reason: reasonOf('Paused', request, actor) };
    });
    // What waits for other runs would not see it for long: its turn, or nodes that they use.
    if (paused.turn !== undefined && paused.status === 'pausing') await releaseHold(deps, paused);
    await wakeWaitingBatches(deps, runId);
    deps.log.info('run.pausing', { runId, actor });
  };

/**
 * Lets a paused run go on: each node at its own next operation. Resuming a run that goes on changes nothing.
 * @throws AppError `run.not-found`, `run.conflict`
 */
export const resumeRun =
  (deps: ControlRunDeps): Control =>
  async (runId, _request, actor) => {
    const resumed = await changeRun(deps.store, runId, (run) => {
      refuseIfOver(run, 'resumed');
      if (run.control === 'abort') throw conflict(run, 'is being aborted and cannot be resumed');
      if (run.control === 'go') return undefined;
      const { reason: _reason, ...kept } = run;
      return { ...kept, control: 'go', status: 'running' };
    });
    await releaseHold(deps, resumed);
    deps.log.info('run.resumed', { runId, actor });
  };

/**
 * Aborts a run: nothing more starts, commands under way are stopped at their agents, and each node is recorded with what is known of it.
 * Aborting twice changes nothing.
 * @throws AppError `run.not-found`, `run.conflict` when the run is at its end
 */
export const abortRun =
  (deps: ControlRunDeps): Control =>
  async (runId, request, actor) => {
    const aborted = await changeRun(deps.store, runId, (run) => {
      refuseIfOver(run, 'aborted');
      return run.control === 'abort'
        ? undefined
        : { ...run, control: 'abort', status: 'aborting', reason: reasonOf('Aborted', request, actor) };
    });
    await releaseHold(deps, aborted);
    await wakeOpenBatches(deps, runId);
    await wakeWaitingBatches(deps, runId);
    deps.log.info('run.aborting', { runId, actor });
  };

const refuseIfOver = (run: RunRecord, what: string): void => {
  if (isTerminalRunStatus(run.status)) throw conflict(run, `has ended as ${run.status} and cannot be ${what}`);
};

const conflict = (run: RunRecord, what: string): AppError =>
  new AppError('run.conflict', `Run ${run.runId} ${what}`, {
    hint: `See how it stands with: drover run show ${run.runId}`,
  });

const reasonOf = (what: string, request: ControlRequest, actor: string): string =>
  `${what} by ${actor}${request.reason === undefined ? '' : `: ${request.reason}`}`;

/** The run is the one that was decided on: a hold that came after it sees the decision and lets go by itself. */
const releaseHold = async (deps: ControlRunDeps, run: RunRecord): Promise<void> => {
  if (run.holdToken !== undefined) await deps.engine.complete(run.holdToken);
};

/** Batches that wait for an agent look at once, see the abort, and cancel. */
const wakeOpenBatches = async (deps: ControlRunDeps, runId: RunId): Promise<void> => {
  const slices = (await deps.store.listSlices(runId)).filter((slice) => slice.closedAt === undefined);
  for (const { sliceId } of slices)
    for (const { batchId, state } of await deps.store.listProgress(runId, sliceId)) {
      const last = state === 'running' ? (await deps.store.listInvocations(runId, batchId)).at(-1) : undefined;
      const { token } = last ? await deps.store.signal(runId, last.invocationId) : {};
      if (token !== undefined) await deps.engine.complete(token);
    }
};
