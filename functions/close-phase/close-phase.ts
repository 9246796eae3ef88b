import pMap from 'p-map';
import { requireBatch } from '#functions/records/batch-parts.ts';
import { isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import { type EndPermitDeps, endPermit, usesPermits } from '#functions/records/end-permit.ts';
import { isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { type PhasePlace, phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseSliceId, type RunId, type SliceId } from '#shared/model/ids.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { BatchProgress, ResultRecord, RunRecord } from '#shared/model/run.ts';
import { addCounts } from '#shared/model/status.ts';
import { nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import { sliceStatus } from '#shared/plan/statuses.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Close Phase needs. */
export interface ClosePhaseDeps extends EndPermitDeps {
  readonly store: EndPermitDeps['store'] &
    Pick<LockStore, 'listPermits'> &
    Pick<RunStore, 'get'> &
    Pick<
      PlanStore,
      | 'getGroup'
      | 'listGroups'
      | 'getSlice'
      | 'closeSlice'
      | 'listProgress'
      | 'getBatch'
      | 'getProgress'
      | 'putProgress'
      | 'setTally'
      | 'updateGroup'
    > &
    Pick<LedgerStore, 'listInvocations' | 'listResults' | 'putResultIfAbsent'>;
  readonly json: JsonBlobs;
  readonly clock: Clock;
  readonly log: Log;
}

/** Broken batches accounted for at once. */
const accountWidth = 4;

/**
 * Closes a slice: counts its nodes, and accounts for batches whose execution broke, so that no node is left without a word. What was sent
 * and not answered is lost, what was never sent is undeliverable; both count against the failure budget.
 */
export const closePhase =
  (deps: ClosePhaseDeps): TaskBehaviour<'closePhase'> =>
  async ({ runId, sliceId }) => {
    const slice = await deps.store.getSlice(runId, sliceId);
    if (!slice) throw new AppError('record.missing', `Run ${runId} has no slice ${sliceId}`);
    if (slice.closedAt !== undefined) return { status: slice.status };
    const run = await requireRun(deps.store, runId);
    const key = parseSliceId(sliceId);
    if (!isAttemptOpen(run, key.attempt)) return { status: slice.status };
    const place = await phasePlace(deps, run, key);
    const found = await deps.store.listProgress(runId, sliceId);
    const broken = found.filter((one) => one.state !== 'done' && one.state !== 'stopped');
    await pMap(broken, (one) => account(deps, run, place, one), { concurrency: accountWidth });
    const progress = broken.length > 0 ? await deps.store.listProgress(runId, sliceId) : found;
    if (usesPermits(place)) await endPermits(deps, run.runId, sliceId);
    const counts = addCounts(progress.map((one) => one.counts));
    const status = sliceStatus(counts, { stopped: true });
    await deps.store.closeSlice({ runId, sliceId, status, counts, closedAt: nowIso(deps.clock) });
    deps.log.info('slice.closed', { runId, sliceId, status, nodes: slice.nodeCount });
    return { status };
  };

/** Permits of batches whose execution broke: all others have ended theirs. */
const endPermits = async (deps: ClosePhaseDeps, runId: RunId, sliceId: SliceId): Promise<void> => {
  const permits = await deps.store.listPermits(runId, sliceId);
  for (const permit of permits) if (permit.state !== 'ended') await endPermit(deps, permit);
};

const account = async (
  deps: ClosePhaseDeps,
  run: RunRecord,
  place: PhasePlace,
  found: BatchProgress,
): Promise<void> => {
  const { batch, progress } = await requireBatch(deps.store, run.runId, found.batchId);
  const [invocations, results] = await Promise.all([
    deps.store.listInvocations(run.runId, found.batchId),
    deps.store.listResults(run.runId, found.batchId),
  ]);
  const next = nextOperationOfBatch(place.phase.operations, batch.nodes, results);
  const open = invocations.find((one) => !isSettled(one, results));
  const outcome = open
    ? bareOutcome('lost', 'Drover could not go on with this batch after it was sent: it may have run.')
    : bareOutcome('undeliverable', 'Drover could not send this operation; the log of its function has the reason.');
  const added: ResultRecord[] = (next?.nodes ?? []).map(({ node }) => ({
    runId: run.runId,
    batchId: batch.batchId,
    operationIndex: next?.operationIndex ?? 0,
    operationId: place.phase.operations[next?.operationIndex ?? 0]?.id ?? '',
    nodeId: node.id,
    tryNumber: next?.tryNumber ?? 0,
    ...(open ? { invocationId: open.invocationId } : {}),
    outcome,
    recordedAt: nowIso(deps.clock),
  }));
  const isWritten = await Promise.all(added.map((one) => deps.store.putResultIfAbsent(one)));
  // A late look may have written an answer since: then that one stands.
  const known = isWritten.every(Boolean)
    ? [...results, ...added]
    : await deps.store.listResults(run.runId, batch.batchId);
  deps.log.error('batch.broken', { runId: run.runId, batchId: batch.batchId, nodes: added.length });
  await recordProgress(deps, { run, place, batch, progress, results: known }, 'done');
};
