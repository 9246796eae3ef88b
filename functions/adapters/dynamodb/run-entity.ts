import { Entity } from 'electrodb';
import { type RunRecord, runRecordSchema } from '#shared/model/run.ts';
import { table } from '#shared/persistence/table.ts';
import { type EntityTarget, expiry, modelOf, optionalText, ordinal, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/**
 * Runs: `run#<run>` / `run`; in the index `runs#<month of creation>` / `<run>`.
 * `writeId` names the write that replaced the run last: it tells a write that was sent twice from one of somebody else.
 */
export const createRunEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('run'),
      attributes: {
        runId: text,
        month: text,
        version: ordinal,
        writeId: optionalText,
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byId: {
          pk: { ...partition, composite: ['runId'], template: 'run#${runId}' },
          sk: { ...sort, composite: [], template: 'run' },
        },
        byMonth: {
          index: table.runsIndex.name,
          projection: 'keys_only',
          pk: { field: table.runsIndex.partitionKey, casing: 'none', composite: ['month'], template: 'runs#${month}' },
          sk: { field: table.runsIndex.sortKey, casing: 'none', composite: ['runId'], template: '${runId}' },
        },
      },
    },
    target,
  );

/** The attributes of a run. */
export const toRunItem = (run: RunRecord) => ({
  runId: run.runId,
  month: run.createdAt.slice(0, 'YYYY-MM'.length),
  version: run.version,
  record: JSON.stringify(run),
});

const storedSchema = runRecordSchema.strip();

/** The run of a stored item. */
export const fromRunItem = (item: StoredItem & { readonly runId: string }): RunRecord =>
  readRecord(storedSchema, item, `run ${item.runId}`);
