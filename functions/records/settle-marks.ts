import pMap from 'p-map';
import { parseSliceId, type SliceId, sliceOfBatch } from '#shared/model/ids.ts';
import type { MarkOrder } from '#shared/model/marks.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import { type MarkPlaces, markPlacesSchema } from '#shared/model/places.ts';
import type { ResultRecord, RunRecord } from '#shared/model/run.ts';
import { addCounts } from '#shared/model/status.ts';
import { addStops } from '#shared/model/stop.ts';
import { markReason } from '#shared/plan/mark-reason.ts';
import { markTry } from '#shared/plan/node-marks.ts';
import { sliceStatus } from '#shared/plan/statuses.ts';
import type { Blobs, Clock, Log } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import { requireBatch } from './batch-parts.ts';
import { changeRun } from './change-run.ts';
import { type JsonBlobs, readJson } from './json-blob.ts';
import { phasePlace } from './phase-place.ts';
import { recordProgress } from './record-progress.ts';

/** Batches marked at once. */
const markWidth = 8;

/** What carrying out mark orders needs. */
export interface SettleMarksDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> &
    Pick<
      PlanStore,
      | 'getGroup'
      | 'listGroups'
      | 'setTally'
      | 'updateGroup'
      | 'getBatch'
      | 'getProgress'
      | 'putProgress'
      | 'getSlice'
      | 'listProgress'
      | 'closeSlice'
    > &
    Pick<LedgerStore, 'listResults' | 'putResults'>;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
}

/** True when a run has an order that is not carried out yet. */
export const hasOpenMarks = (run: RunRecord): boolean => run.marks?.some(({ applied }) => !applied) ?? false;

/**
 * Carries out the mark orders of a run that are recorded and not yet done: whoever recorded one may have died. Each place gets its mark, then
 * its batch and its slice are counted again; everything is derived, so doing it twice changes nothing. Returns the run afterwards.
 */
export const settleMarks = async (deps: SettleMarksDeps, run: RunRecord): Promise<RunRecord> => {
  let settled = run;
  for (const [index, order] of (run.marks ?? []).entries()) {
    if (order.applied) continue;
    if (order.placesBlob !== undefined)
      await markPlaces(
        deps,
        run,
        { order, number: index + 1 },
        await readJson(deps.blobs, order.placesBlob, markPlacesSchema),
      );
    settled = await changeRun(deps.store, run.runId, (one) => ({
      ...one,
      marks: one.marks?.map((mark, at) => (at === index ? { ...mark, applied: true } : mark)),
    }));
  }
  return settled;
};

interface NumberedOrder {
  readonly order: MarkOrder;
  readonly number: number;
}

const markPlaces = async (
  deps: SettleMarksDeps,
  run: RunRecord,
  order: NumberedOrder,
  places: MarkPlaces,
): Promise<void> => {
  await pMap(places, (place) => markBatch(deps, run, order, place), { concurrency: markWidth });
  const slices = new Set(places.map(({ batchId }) => sliceOfBatch(batchId)));
  await pMap(slices, (sliceId) => countSlice(deps, run, sliceId), { concurrency: markWidth });
};

const markBatch = async (
  deps: SettleMarksDeps,
  run: RunRecord,
  { order, number }: NumberedOrder,
  { batchId, nodes }: MarkPlaces[number],
): Promise<void> => {
  const place = await phasePlace(deps, run, parseSliceId(batchId));
  const [{ batch, progress }, results] = await Promise.all([
    requireBatch(deps.store, run.runId, batchId),
    deps.store.listResults(run.runId, batchId),
  ]);
  const whyOf = (nodeId: string): string | null =>
    results.findLast((one) => one.nodeId === nodeId && one.mark === undefined)?.outcome.reason ?? null;
  const marks = nodes.map(
    ({ id, was }): ResultRecord => ({
      runId: run.runId,
      batchId,
      operationIndex: 0,
      operationId: place.phase.operations[0]?.id ?? '',
      nodeId: id,
      tryNumber: markTry(number),
      outcome: bareOutcome('skipped', markReason(order, was, whyOf(id))),
      recordedAt: order.at,
      mark: { kind: order.kind, order: number, was },
    }),
  );
  await deps.store.putResults(marks);
  await recordProgress(deps, { run, place, batch, progress, results: [...results, ...marks] }, progress.state);
};

const countSlice = async (deps: SettleMarksDeps, { runId }: RunRecord, sliceId: SliceId): Promise<void> => {
  const slice = await deps.store.getSlice(runId, sliceId);
  if (slice?.closedAt === undefined) return;
  const progress = await deps.store.listProgress(runId, sliceId);
  const counts = addCounts(progress.map((one) => one.counts));
  await deps.store.closeSlice({
    runId,
    sliceId,
    status: sliceStatus(counts, { stopped: true }),
    counts,
    stops: addStops(progress.map((one) => one.stops)),
    closedAt: slice.closedAt,
  });
};
