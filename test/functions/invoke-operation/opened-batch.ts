import type { BatchId, RunId, SliceId } from '#shared/model/ids.ts';
import type { InvocationRecord } from '#shared/model/run.ts';
import { openFirst } from '#test/kit/drive.ts';
import { op, type Rig } from '#test/kit/rig.ts';

/** A group with one phase of these operations. */
export const groupOf = (operations: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'g',
  phases: [{ name: 'p', operations }],
  ...more,
});

/** A group of two operations that succeed. */
export const twoOperations = groupOf([op('a'), op('b')]);

/** The batches of a slice that was just opened; `batchId` is the first. */
export interface OpenedBatch {
  readonly runId: RunId;
  readonly sliceId: SliceId;
  readonly batchId: BatchId;
  readonly batches: readonly BatchId[];
}

/** Opens the first slice of a job of one group. */
export const opened = async (rig: Rig, group: unknown = twoOperations): Promise<OpenedBatch> => {
  const runId = await rig.submit([group]);
  const { batches, sliceId } = await openFirst(rig, runId);
  const [batchId] = batches;
  if (batchId === undefined) throw new Error('The slice has no batch');
  return { runId, batchId, batches, sliceId };
};

/** State and counts of a batch. */
export const stateOf = async (rig: Rig, { runId, batchId }: Pick<OpenedBatch, 'runId' | 'batchId'>) => {
  const progress = await rig.store.getProgress(runId, batchId);
  return [progress?.state, progress?.counts];
};

/** Operation, node and status of each result of a batch. */
export const resultsOf = async (rig: Rig, { runId, batchId }: Pick<OpenedBatch, 'runId' | 'batchId'>) =>
  (await rig.store.listResults(runId, batchId)).map(
    ({ operationId, nodeId, outcome }) => `${operationId} ${nodeId} ${outcome.status}`,
  );

/** The last invocation of a batch. */
export const invocationOf = async (
  rig: Rig,
  { runId, batchId }: Pick<OpenedBatch, 'runId' | 'batchId'>,
): Promise<InvocationRecord | undefined> => (await rig.store.listInvocations(runId, batchId)).at(-1);
