import { Entity } from 'electrodb';
import { type ResultRecord, resultRecordSchema } from '#shared/model/run.ts';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';
import { type FoundResult, isPage, type ResultKey, type ResultPage } from './result-pages.ts';
import { readRecord, readRecords, type StoredItem } from './stored-record.ts';

/**
 * Results of a batch: `batch#<run>#<batch>` / `result#<operation>#<node> <try>`. Every try keeps its own result, so a late write of an
 * earlier one never hides a newer one. No node id has a blank, so the blank ends the node id. In place of a node stands the name of a page that
 * has results of several nodes (`result-pages.ts`).
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

/** The attributes of a result that stands alone. */
export const toResultItem = ({ runId, batchId, operationIndex, nodeId, tryNumber, ...record }: ResultRecord) => ({
  ...{ runId, batchId, operationIndex, nodeId, tryNumber },
  record: JSON.stringify(record),
});

/** The attributes of a page. */
export const toPageItem = ({ key, results }: ResultPage) => ({
  ...key,
  record: JSON.stringify(
    results.map(({ runId: _run, batchId: _batch, operationIndex: _operation, tryNumber: _try, ...record }) => record),
  ),
});

const storedSchema = resultRecordSchema.strip();

const ofBatch = ({ operationIndex, batchId, runId }: ResultKey): string =>
  `operation ${operationIndex} in batch ${batchId} of run ${runId}`;

/** The results of a stored item. */
export const fromResultItem = (item: StoredItem & ResultKey): readonly FoundResult[] => {
  if (!isPage(item))
    return [{ result: readRecord(storedSchema, item, `node ${item.nodeId}, ${ofBatch(item)}`), alone: true }];
  const { runId, batchId, operationIndex, tryNumber } = item;
  const shared = { runId, batchId, operationIndex, tryNumber };
  return readRecords(storedSchema, { record: item.record, shared }, ofBatch(item)).map((result) => ({
    result,
    alone: false,
  }));
};
