import type { BatchId, ResultPlace, RunId } from '#shared/model/ids.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { fromResultItem, type ResultKey, resultName, toResultItem } from './result-entity.ts';
import {
  conditionalWrite,
  isLive,
  live,
  plainWrite,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';

/** The part of the port that is about results. */
export type ResultStore = Pick<LedgerStore, 'putResults' | 'putResultIfAbsent' | 'getResult' | 'listResults'>;

const putResults = (context: StoreContext, results: readonly ResultRecord[]): Promise<void> =>
  finishBulk(
    {
      items: results.map((result) => ({ ...toResultItem(result), ...retention(context) })),
      nameOf: (key: ResultKey) => resultName(key),
      call: async (items) => {
        const { unprocessed } = await io(
          context.entities.results.put(items).go({ ...plainWrite, concurrent: concurrentCalls }),
        );
        return unprocessed;
      },
    },
    context.pacing,
  );

const putResultIfAbsent = async (context: StoreContext, result: ResultRecord): Promise<boolean> => {
  const item = { ...toResultItem(result), ...retention(context) };
  const { rejected } = await io(context.entities.results.put(item).where(whenAbsent(context)).go(conditionalWrite));
  return !rejected;
};

const getResult = async (
  context: StoreContext,
  runId: RunId,
  { batchId, operationIndex, nodeId, tryNumber }: ResultPlace,
): Promise<ResultRecord | undefined> => {
  const key = { runId, batchId, operationIndex, nodeId, tryNumber };
  const { data } = await io(context.entities.results.get(key).go(strongRead));
  const item = live(context, data);
  return item && fromResultItem(item);
};

const listResults = async (context: StoreContext, runId: RunId, batchId: BatchId): Promise<readonly ResultRecord[]> => {
  const { data } = await io(context.entities.results.query.byBatch({ runId, batchId }).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromResultItem);
};

/** Results in the table. */
export const createResultStore = (context: StoreContext): ResultStore => ({
  putResults: (results) => putResults(context, results),
  putResultIfAbsent: (result) => putResultIfAbsent(context, result),
  getResult: (runId, place) => getResult(context, runId, place),
  listResults: (runId, batchId) => listResults(context, runId, batchId),
});
