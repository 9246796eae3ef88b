import { Entity } from 'electrodb';
import { type BatchId, type SliceId, sliceOfBatch } from '#shared/model/ids.ts';
import { type BatchProgress, batchProgressSchema, batchStates } from '#shared/model/run.ts';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Progress of the batches of a slice: `slice#<run>#<slice>` / `progress#<batch>`. Small, so that one page of a query holds thousands. */
export const createProgressEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('progress'),
      attributes: {
        runId: text,
        sliceId: text,
        batchIndex: ordinal,
        state: { type: batchStates, required: true },
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        bySlice: {
          pk: { ...partition, composite: ['runId', 'sliceId'], template: 'slice#${runId}#${sliceId}' },
          sk: { ...sort, composite: ['batchIndex'], template: 'progress#${batchIndex}' },
        },
      },
    },
    target,
  );

/** The key of a batch's progress. */
export const progressKey = ({ runId, batchId }: Pick<BatchProgress, 'runId' | 'batchId'>) => {
  const sliceId: SliceId = sliceOfBatch(batchId);
  return { runId, sliceId, batchIndex: batchIndex(batchId, sliceId) };
};

const batchIndex = (batchId: BatchId, sliceId: SliceId): number => Number(batchId.slice(`${sliceId}-b`.length));

/** The attributes of a batch's progress. */
export const toProgressItem = ({ state, ...record }: BatchProgress) => ({
  ...progressKey(record),
  state,
  record: JSON.stringify(record),
});

const storedSchema = batchProgressSchema.strip();

type ProgressItem = StoredItem & { readonly runId: string; readonly sliceId: string; readonly batchIndex: number };

/** The progress of a stored item. */
export const fromProgressItem = (item: ProgressItem): BatchProgress =>
  readRecord(storedSchema, item, `the progress of batch ${item.sliceId}-b${item.batchIndex} of run ${item.runId}`);
