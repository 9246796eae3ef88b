import { batchIdSchema, type RunId, sliceIdSchema } from '#shared/model/ids.ts';
import { agentKinds } from '#shared/model/node.ts';
import type { PurgeStore } from '#shared/ports/purge-store.ts';
import { fromBatchItem } from './batch-entity.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { fromInvocationItem } from './invocation-entity.ts';
import { progressKey } from './progress-entity.ts';
import { fromResultItem } from './result-entity.ts';
import { sliceKey } from './slice-entity.ts';
import { plainWrite, type StoreContext, strongQuery } from './store-context.ts';
import { io } from './store-errors.ts';
import { usageShards } from './usage-store.ts';

/** Under which node outputs are kept that are one for the whole run. */
const sharedOutputs = 'runner:';

type Keys = readonly object[];

/** Removes items by their keys, in bulk. `remove` answers those that were left undone. */
const removeAll = <Key extends object>(
  context: StoreContext,
  keys: readonly Key[],
  remove: (some: Key[]) => Promise<Keys>,
): Promise<void> => {
  // A key that comes back has its fields in another order.
  const nameOf = (key: object): string =>
    Object.entries(key)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(' ');
  return finishBulk({ items: keys, nameOf, call: remove }, context.pacing);
};

const bulk = { ...plainWrite, concurrent: concurrentCalls } as const;

const removeBatch = async (context: StoreContext, ...[runId, batchId]: Parameters<PurgeStore['removeBatch']>) => {
  const { results, outputs, invocations, agents, batches, progress } = context.entities;
  const place = { runId, batchId };
  const [stored, answered, asked] = await Promise.all([
    io(batches.query.byId(place).go(strongQuery)),
    io(results.query.byBatch(place).go(strongQuery)),
    io(invocations.query.byBatch(place).go(strongQuery)),
  ]);
  const nodeIds = stored.data.map(fromBatchItem).flatMap(({ nodes }) => nodes.map(({ node }) => node.id));
  const operationIds = new Set(answered.data.flatMap(fromResultItem).map(({ result }) => result.operationId));
  const written = nodeIds.flatMap((nodeId) => [...operationIds].map((operationId) => ({ runId, nodeId, operationId })));
  await removeAll(context, written, async (some) => (await io(outputs.delete(some).go(bulk))).unprocessed);
  const names = asked.data
    .map(fromInvocationItem)
    .flatMap(({ agentInvocationId, stop }) => [agentInvocationId, stop?.agentInvocationId])
    .filter((id) => id !== undefined);
  const pointers = names.flatMap((agentInvocationId) => agentKinds.map((agent) => ({ agent, agentInvocationId })));
  await removeAll(context, pointers, async (some) => (await io(agents.delete(some).go(bulk))).unprocessed);
  const ofInvocations = asked.data.map(({ operationIndex, tryNumber }) => ({ ...place, operationIndex, tryNumber }));
  await removeAll(context, ofInvocations, async (some) => (await io(invocations.delete(some).go(bulk))).unprocessed);
  const ofResults = answered.data.map(({ operationIndex, nodeId, tryNumber }) => ({
    ...{ ...place, operationIndex, nodeId, tryNumber },
  }));
  await removeAll(context, ofResults, async (some) => (await io(results.delete(some).go(bulk))).unprocessed);
  await removeAll(context, [place], async (some) => (await io(batches.delete(some).go(bulk))).unprocessed);
  const ofProgress = [progressKey({ runId, batchId })];
  await removeAll(context, ofProgress, async (some) => (await io(progress.delete(some).go(bulk))).unprocessed);
};

const removeSlice = async (context: StoreContext, ...[{ runId, sliceId }]: Parameters<PurgeStore['removeSlice']>) => {
  const { slices } = context.entities;
  const slice = [sliceKey({ runId, sliceId })];
  await removeAll(context, slice, async (some) => (await io(slices.delete(some).go(bulk))).unprocessed);
};

const removeRun = async (context: StoreContext, runId: RunId): Promise<void> => {
  const { groups, permits, outputs, usage, runs } = context.entities;
  const [ofGroups, ofPermits, shared] = await Promise.all([
    io(groups.query.byRun({ runId }).go(strongQuery)),
    io(permits.query.byRun({ runId }).go(strongQuery)),
    io(outputs.query.byNode({ runId, nodeId: sharedOutputs }).go(strongQuery)),
  ]);
  const groupKeys = ofGroups.data.map(({ attempt, groupIndex }) => ({ runId, attempt, groupIndex }));
  await removeAll(context, groupKeys, async (some) => (await io(groups.delete(some).go(bulk))).unprocessed);
  const permitKeys = ofPermits.data.map(({ sliceId, batchIndex }) =>
    progressKey({ runId, batchId: batchIdSchema.parse(`${sliceIdSchema.parse(sliceId)}-b${batchIndex}`) }),
  );
  await removeAll(context, permitKeys, async (some) => (await io(permits.delete(some).go(bulk))).unprocessed);
  const outputKeys = shared.data.map(({ nodeId, operationId }) => ({ runId, nodeId, operationId }));
  await removeAll(context, outputKeys, async (some) => (await io(outputs.delete(some).go(bulk))).unprocessed);
  const shards = Array.from({ length: usageShards }, (_, shard) => ({ runId: String(runId), shard }));
  await removeAll(context, shards, async (some) => (await io(usage.delete(some).go(bulk))).unprocessed);
  await removeAll(context, [{ runId }], async (some) => (await io(runs.delete(some).go(bulk))).unprocessed);
};

/** Removal of runs from the table. */
export const createPurgeStore = (context: StoreContext): PurgeStore => ({
  removeBatch: (runId, batchId) => removeBatch(context, runId, batchId),
  removeSlice: (slice) => removeSlice(context, slice),
  removeRun: (runId) => removeRun(context, runId),
});
