import type { BatchId, RunId } from '../model/ids.ts';
import type { SliceRecord } from '../model/run.ts';

/** Removes what is remembered of runs, for good. Each call is repeatable; what is not there is no error. */
export interface PurgeStore {
  /** Results, outputs and invocations of a batch with the ways back from the agents' ids, the batch, and last its progress. */
  removeBatch(runId: RunId, batchId: BatchId): Promise<void>;
  /** A slice whose batches are gone. */
  removeSlice(slice: Pick<SliceRecord, 'runId' | 'sliceId'>): Promise<void>;
  /** Groups, permits and counters of a run, and last the run. */
  removeRun(runId: RunId): Promise<void>;
}
