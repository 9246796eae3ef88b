import { AppError } from '#shared/errors/app-error.ts';
import type { BatchId, RunId } from '#shared/model/ids.ts';
import type { BatchProgress, BatchRecord } from '#shared/model/run.ts';
import type { PlanStore } from '#shared/ports/store.ts';

/**
 * Reads a batch's nodes and its progress.
 * @throws AppError `record.missing` when the ledger has no such batch.
 */
export const requireBatch = async (
  store: Pick<PlanStore, 'getBatch' | 'getProgress'>,
  runId: RunId,
  batchId: BatchId,
): Promise<{ readonly batch: BatchRecord; readonly progress: BatchProgress }> => {
  const [batch, progress] = await Promise.all([store.getBatch(runId, batchId), store.getProgress(runId, batchId)]);
  if (!batch || !progress) throw new AppError('record.missing', `Run ${runId} has no batch ${batchId}`);
  return { batch, progress };
};
