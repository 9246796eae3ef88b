import type { ResultPlace, RunId } from '#shared/model/ids.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { fromResultItem, toPageItem, toResultItem } from './result-entity.ts';
import { heldResults, type ResultKey, resultName, toPages } from './result-pages.ts';
import {
  conditionalWrite,
  isLive,
  plainWrite,
  retention,
  type StoreContext,
  strongQuery,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';

/** The part of the port that is about results. */
export type ResultStore = Pick<LedgerStore, 'putResults' | 'putResultIfAbsent' | 'getResult' | 'listResults'>;

const putResults = (context: StoreContext, results: readonly ResultRecord[]): Promise<void> =>
  finishBulk(
    {
      items: toPages(results).map((page) => ({ ...toPageItem(page), ...retention(context) })),
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

const findResults = async (
  context: StoreContext,
  place: Pick<ResultKey, 'runId' | 'batchId'> & Partial<Pick<ResultKey, 'operationIndex'>>,
): Promise<readonly ResultRecord[]> => {
  const { data } = await io(context.entities.results.query.byBatch(place).go(strongQuery));
  return heldResults(data.filter((item) => isLive(context, item)).flatMap(fromResultItem));
};

/** A result may stand in any page of its operation, so all of these are looked through. */
const getResult = async (
  context: StoreContext,
  runId: RunId,
  { batchId, operationIndex, nodeId, tryNumber }: ResultPlace,
): Promise<ResultRecord | undefined> => {
  const found = await findResults(context, { runId, batchId, operationIndex });
  return found.find((one) => one.nodeId === nodeId && one.tryNumber === tryNumber);
};

/** An answer of the agent that comes between the look and the write holds all the same: see `heldResults`. */
const putResultIfAbsent = async (context: StoreContext, result: ResultRecord): Promise<boolean> => {
  if ((await getResult(context, result.runId, result)) !== undefined) return false;
  const item = { ...toResultItem(result), ...retention(context) };
  const { rejected } = await io(context.entities.results.put(item).where(whenAbsent(context)).go(conditionalWrite));
  return !rejected;
};

/** Results in the table. */
export const createResultStore = (context: StoreContext): ResultStore => ({
  putResults: (results) => putResults(context, results),
  putResultIfAbsent: (result) => putResultIfAbsent(context, result),
  getResult: (runId, place) => getResult(context, runId, place),
  listResults: (runId, batchId) => findResults(context, { runId, batchId }),
});
