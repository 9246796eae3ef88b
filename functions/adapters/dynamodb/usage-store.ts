import type { EndedRun } from '#shared/model/ended-run.ts';
import type { RunId } from '#shared/model/ids.ts';
import { addUsage } from '#shared/model/usage.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';
import { finishBulk } from './bulk.ts';
import { fromEndedRunItem, toEndedRunItem } from './ended-run-entity.ts';
import {
  historyRetention,
  isLive,
  plainWrite,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
} from './store-context.ts';
import { io } from './store-errors.ts';

/** Items that the counters of a run are spread over: a partition takes 1,000 writes a second. */
export const usageShards = 8;

/** The counters that a part of a run adds to: always the same, and parts spread evenly enough. */
const shardOf = (part: string): number => {
  let sum = 0;
  for (const letter of part) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % usageShards;
};

const getRunUsage = async (context: StoreContext, runId: RunId) => {
  const found = new Map<number, Parameters<typeof addUsage>[0][number]>();
  const items = Array.from({ length: usageShards }, (_, shard) => ({ runId: String(runId), shard }));
  const call = async (wanted: { readonly runId: string; readonly shard: number }[]) => {
    const { data, unprocessed } = await io(context.entities.usage.get(wanted).go(strongRead));
    for (const item of data) if (isLive(context, item)) found.set(item.shard, item);
    return unprocessed;
  };
  await finishBulk({ items, nameOf: ({ shard }) => String(shard), call }, context.pacing);
  return addUsage([...found.values()]);
};

const listEndedRuns = async (
  context: StoreContext,
  month: string,
  jobName: string | undefined,
): Promise<readonly EndedRun[]> => {
  const { byMonth } = context.entities.endedRuns.query;
  const query = jobName === undefined ? byMonth({ month }) : byMonth({ month, jobName });
  const { data } = await io(query.go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromEndedRunItem);
};

/** Counters of runs, and what is kept of those that have ended, in the table. */
export const createUsageStore = (context: StoreContext): UsageStore => ({
  addRunUsage: async (runId, part, usage) => {
    const counters = context.entities.usage.update({ runId, shard: shardOf(part) }).add(usage);
    await io(counters.set({ ...retention(context) }).go(plainWrite));
  },
  getRunUsage: (runId) => getRunUsage(context, runId),
  putEndedRun: async (run) => {
    await io(context.entities.endedRuns.put({ ...toEndedRunItem(run), ...historyRetention(context) }).go(plainWrite));
  },
  listEndedRuns: (month, jobName) => listEndedRuns(context, month, jobName),
  listLatestEndedRuns: async (month, jobName, limit) => {
    const query = context.entities.endedRuns.query.byMonth({ month, jobName });
    const { data } = await io(query.go({ ...strongRead, order: 'desc', limit }));
    return data.filter((item) => isLive(context, item)).map(fromEndedRunItem);
  },
});
