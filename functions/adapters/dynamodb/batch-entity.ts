import { Entity } from 'electrodb';
import { type BatchRecord, batchRecordSchema } from '#shared/model/run.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Nodes of a batch: `batch#<run>#<batch>` / `batch`. Up to 256 KiB, never changed once written. */
export const createBatchEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('batch'),
      attributes: { runId: text, batchId: text, record: text, expiresAt: expiry },
      indexes: {
        byId: {
          pk: { ...partition, composite: ['runId', 'batchId'], template: 'batch#${runId}#${batchId}' },
          sk: { ...sort, composite: [], template: 'batch' },
        },
      },
    },
    target,
  );

/** The attributes of a batch. */
export const toBatchItem = ({ runId, batchId, ...record }: BatchRecord) => ({
  runId,
  batchId,
  record: JSON.stringify(record),
});

const storedSchema = batchRecordSchema.strip();

/** The batch of a stored item. */
export const fromBatchItem = (item: StoredItem & { readonly runId: string; readonly batchId: string }): BatchRecord =>
  readRecord(storedSchema, item, `batch ${item.batchId} of run ${item.runId}`);
