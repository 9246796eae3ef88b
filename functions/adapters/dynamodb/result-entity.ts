import { Entity } from 'electrodb';
import { type ResultRecord, resultRecordSchema } from '#shared/model/run.ts';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/**
 * Results of a batch: `batch#<run>#<batch>` / `result#<operation>#<node> <try>`. Every try keeps its own result, so a late write of an
 * earlier one never hides a newer one. No node id has a blank, so the blank ends the node id and keeps the order of nodes.
 */
export const createResultEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('result'),
      attributes: {
        runId: text,
        batchId: text,
        operationIndex: ordinal,
        nodeId: text,
        tryNumber: ordinal,
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byBatch: {
          pk: { ...partition, composite: ['runId', 'batchId'], template: 'batch#${runId}#${batchId}' },
          sk: {
            ...sort,
            composite: ['operationIndex', 'nodeId', 'tryNumber'],
            template: 'result#${operationIndex}#${nodeId} ${tryNumber}',
          },
        },
      },
    },
    target,
  );

/** What tells one result from another. */
export type ResultKey = Readonly<Record<'runId' | 'batchId' | 'nodeId', string>> &
  Readonly<Record<'operationIndex' | 'tryNumber', number>>;

/** The key of a result as one string. */
export const resultName = ({ runId, batchId, operationIndex, nodeId, tryNumber }: ResultKey): string =>
  `${runId} ${batchId} ${operationIndex} ${nodeId} ${tryNumber}`;

/** The attributes of a result. */
export const toResultItem = ({ runId, batchId, operationIndex, nodeId, tryNumber, ...record }: ResultRecord) => ({
  runId,
  batchId,
  operationIndex,
  nodeId,
  tryNumber,
  record: JSON.stringify(record),
});

const storedSchema = resultRecordSchema.strip();

/** The result of a stored item. */
export const fromResultItem = (item: StoredItem & ResultKey): ResultRecord =>
  readRecord(
    storedSchema,
    item,
    `operation ${item.operationIndex} on node ${item.nodeId} in batch ${item.batchId} of run ${item.runId}`,
  );
