import pMap from 'p-map';
import { formatBatchId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import { type Ledger, type LedgerBatch, ledgerOf } from '#shared/plan/ledger.ts';
import type { LedgerStore, PlanStore } from '#shared/ports/store.ts';
import { isLaterSlice, type JobHistory, keyOfSlice, partName, readJobHistory } from './job-history.ts';
import type { JsonBlobs } from './json-blob.ts';
import type { PhasePlace } from './phase-place.ts';

/** Batches read at once. */
const readWidth = 8;

/** Reads of a phase's history. */
export interface PhaseHistoryDeps {
  readonly store: Pick<PlanStore, 'listSlices' | 'getBatch'> & Pick<LedgerStore, 'listResults'>;
  readonly json: Pick<JsonBlobs, 'job'>;
}

/** A slice that is about to be opened. */
export interface NewSlice {
  readonly sliceId: SliceId;
  readonly round: number;
}

/**
 * How each node of a phase stands before a slice is opened: from every earlier attempt, and from earlier passes of this one.
 * In the first pass of a first attempt there is nothing to read.
 */
export const readPhaseHistory = async (
  deps: PhaseHistoryDeps,
  run: RunRecord,
  slice: NewSlice,
  place: PhasePlace,
): Promise<Ledger> => {
  if (place.key.attempt === 1 && place.key.pass === 0) return new Map();
  const jobs = await readJobHistory(deps.json, run);
  const earlier = (await deps.store.listSlices(run.runId)).filter((one) => isEarlierPart(jobs, one, slice));
  return ledgerOf(place.phase.operations, await readLedgerBatches(deps, jobs, earlier));
};

/** Batches of slices of one phase with their results, oldest first, each with the operations that its attempt had. */
export const readLedgerBatches = async (
  deps: PhaseHistoryDeps,
  jobs: JobHistory,
  slices: readonly SliceRecord[],
): Promise<readonly LedgerBatch[]> => {
  const ids = slices.flatMap((slice) => {
    const operations = jobs.changed ? jobs.own(keyOfSlice(slice))?.phase.operations : undefined;
    return Array.from({ length: slice.batchCount }, (_, index) => ({
      runId: slice.runId,
      batchId: formatBatchId(slice.sliceId, index),
      ...(operations === undefined ? {} : { operations }),
    }));
  });
  const read = await pMap(
    ids,
    async ({ runId, batchId, ...more }) => {
      const [batch, results] = await Promise.all([
        deps.store.getBatch(runId, batchId),
        deps.store.listResults(runId, batchId),
      ]);
      return batch ? [{ batch, results, ...more }] : [];
    },
    { concurrency: readWidth },
  );
  return read.flat();
};

const isEarlierPart = (jobs: JobHistory, slice: SliceRecord, next: NewSlice): boolean => {
  const [one, other] = [keyOfSlice(slice), parseSliceId(next.sliceId)];
  const [place, otherPlace] = [jobs.now(one), jobs.now(other)];
  if (!place || !otherPlace) return false;
  return partName(place, slice) === partName(otherPlace, next) && isLaterSlice(other, one);
};
