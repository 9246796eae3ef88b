import { leaseRecordSchema } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { conditionalWrite, isLive, type StoreContext, strongRead, whenNext } from './store-context.ts';
import { io } from './store-errors.ts';
import { isDone, readerOf, versioned } from './versioned-records.ts';

/** The part of the port that is about leases. */
export type LeaseStore = Pick<LockStore, 'getLeases' | 'putLease'>;

const read = readerOf(leaseRecordSchema.strip(), 'a lease');

const getLeases = async (context: StoreContext, nodeIds: readonly string[]) => {
  const found = new Map<string, ReturnType<typeof read>>();
  const call = async (keys: { readonly nodeId: string }[]) => {
    const answer = await io(context.entities.leases.get(keys).go({ ...strongRead, concurrent: concurrentCalls }));
    for (const item of answer.data) if (isLive(context, item)) found.set(item.nodeId, read(item));
    return answer.unprocessed;
  };
  const items = nodeIds.map((nodeId) => ({ nodeId }));
  await finishBulk({ items, nameOf: ({ nodeId }) => nodeId, call }, context.pacing);
  return [...new Set(nodeIds)].flatMap((nodeId) => found.get(nodeId) ?? []);
};

const putLease = (context: StoreContext, lease: Parameters<LeaseStore['putLease']>[0]): Promise<boolean> => {
  const put = context.entities.leases.put({ nodeId: lease.nodeId, ...versioned(context, lease) });
  return isDone(put.where(whenNext(context, lease.version)).go(conditionalWrite));
};

/** Leases in the table. */
export const createLeaseStore = (context: StoreContext): LeaseStore => ({
  getLeases: (nodeIds) => getLeases(context, nodeIds),
  putLease: (lease) => putLease(context, lease),
});
