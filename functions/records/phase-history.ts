import pMap from 'p-map';
import { formatBatchId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import { type Ledger, type LedgerBatch, ledgerOf } from '#shared/plan/ledger.ts';
import type { LedgerStore, PlanStore } from '#shared/ports/store.ts';
import type { PhasePlace } from './phase-place.ts';

/** Batches read at once. */
const readWidth = 8;

/** Reads of a phase's history. */
export interface PhaseHistoryDeps {
  readonly store: Pick<PlanStore, 'listSlices' | 'getBatch'> & Pick<LedgerStore, 'listResults'>;
}

/**
 * How each node of a phase stands before a slice is opened: from every earlier attempt, and from earlier passes of this one.
 * In the first pass of a first attempt there is nothing to read.
 */
export const readPhaseHistory = async (
  deps: PhaseHistoryDeps,
  run: RunRecord,
  sliceId: SliceId,
  place: PhasePlace,
): Promise<Ledger> => {
  if (place.key.attempt === 1 && place.key.pass === 0) return new Map();
  const slices = (await deps.store.listSlices(run.runId)).filter((slice) => isEarlier(slice, sliceId));
  return ledgerOf(place.phase.operations, await readBatches(deps, slices));
};

/** Batches of slices with their results, oldest first. */
export const readBatches = async (
  deps: PhaseHistoryDeps,
  slices: readonly SliceRecord[],
): Promise<readonly LedgerBatch[]> => {
  const ids = slices.flatMap(({ runId, sliceId, batchCount }) =>
    Array.from({ length: batchCount }, (_, index) => ({ runId, batchId: formatBatchId(sliceId, index) })),
  );
  const read = await pMap(
    ids,
    async ({ runId, batchId }) => {
      const [batch, results] = await Promise.all([
        deps.store.getBatch(runId, batchId),
        deps.store.listResults(runId, batchId),
      ]);
      return batch ? [{ batch, results }] : [];
    },
    { concurrency: readWidth },
  );
  return read.flat();
};

const isEarlier = (slice: SliceRecord, sliceId: SliceId): boolean => {
  const [one, other] = [parseSliceId(slice.sliceId), parseSliceId(sliceId)];
  const samePhase =
    one.groupIndex === other.groupIndex && one.stageIndex === other.stageIndex && one.phaseIndex === other.phaseIndex;
  return samePhase && (one.attempt < other.attempt || (one.attempt === other.attempt && one.pass < other.pass));
};
