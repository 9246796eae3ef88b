import pMap from 'p-map';
import type { BatchId, RunId, SliceId } from '#shared/model/ids.ts';
import type { BatchProgress, BatchRecord } from '#shared/model/run.ts';
import type { NewBatch, PlanStore } from '#shared/ports/store.ts';
import { fromBatchItem, toBatchItem } from './batch-entity.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { fromProgressItem, progressKey, toProgressItem } from './progress-entity.ts';
import {
  conditionalWrite,
  isLive,
  live,
  plainWrite,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
} from './store-context.ts';
import { io } from './store-errors.ts';

/** The part of the port that is about batches. */
export type BatchStore = Pick<PlanStore, 'getBatch' | 'getProgress' | 'listProgress' | 'putProgress'>;

/** Small conditional writes under way at once. */
const concurrentWrites = 16;

const writeBatches = (context: StoreContext, batches: readonly BatchRecord[]): Promise<void> =>
  finishBulk(
    {
      items: batches.map((batch) => ({ ...toBatchItem(batch), ...retention(context) })),
      nameOf: ({ batchId }: { readonly batchId: string }) => batchId,
      call: async (items) => {
        const { unprocessed } = await io(
          context.entities.batches.put(items).go({ ...plainWrite, concurrent: concurrentCalls }),
        );
        return unprocessed;
      },
    },
    context.pacing,
  );

/** Writes the first progress of a batch, unless the batch is under way already. */
const writeFirstProgress = async (context: StoreContext, progress: BatchProgress): Promise<void> => {
  const item = { ...toProgressItem(progress), ...retention(context) };
  const write = context.entities.progress
    .put(item)
    .where(({ state }, { notExists, eq }) => `${notExists(state)} OR ${eq(state, item.state)}`)
    .go(conditionalWrite);
  await io(write);
};

/**
 * Writes the batches of a slice that is about to open. Two openers of one slice write the same nodes, so these go in bulk. Progress changes
 * as soon as the first opener is through; the second one must not put it back, and bulk writes know no condition.
 */
export const firstBatches = async (context: StoreContext, batches: readonly NewBatch[]): Promise<void> => {
  await writeBatches(
    context,
    batches.map(({ batch }) => batch),
  );
  await pMap(batches, ({ progress }) => writeFirstProgress(context, progress), { concurrency: concurrentWrites });
};

const getBatch = async (context: StoreContext, runId: RunId, batchId: BatchId): Promise<BatchRecord | undefined> => {
  const { data } = await io(context.entities.batches.get({ runId, batchId }).go(strongRead));
  const item = live(context, data);
  return item && fromBatchItem(item);
};

const getProgress = async (
  context: StoreContext,
  runId: RunId,
  batchId: BatchId,
): Promise<BatchProgress | undefined> => {
  const { data } = await io(context.entities.progress.get(progressKey({ runId, batchId })).go(strongRead));
  const item = live(context, data);
  return item && fromProgressItem(item);
};

const listProgress = async (
  context: StoreContext,
  runId: RunId,
  sliceId: SliceId,
): Promise<readonly BatchProgress[]> => {
  const { data } = await io(context.entities.progress.query.bySlice({ runId, sliceId }).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromProgressItem);
};

/** What ends a batch is written whatever is there; anything else comes too late then. */
const putProgress = async (context: StoreContext, progress: BatchProgress): Promise<void> => {
  const put = context.entities.progress.put({ ...toProgressItem(progress), ...retention(context) });
  if (progress.state === 'done' || progress.state === 'stopped') {
    await io(put.go(plainWrite));
    return;
  }
  const isOpen = put.where(
    ({ state }, { notExists, ne }) => `${notExists(state)} OR (${ne(state, 'done')} AND ${ne(state, 'stopped')})`,
  );
  await io(isOpen.go(conditionalWrite));
};

/** Batches and their progress in the table. */
export const createBatchStore = (context: StoreContext): BatchStore => ({
  getBatch: (runId, batchId) => getBatch(context, runId, batchId),
  getProgress: (runId, batchId) => getProgress(context, runId, batchId),
  listProgress: (runId, sliceId) => listProgress(context, runId, sliceId),
  putProgress: (progress) => putProgress(context, progress),
});
