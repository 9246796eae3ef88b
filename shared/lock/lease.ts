import type { NodeId } from '../model/ids.ts';
import type { LeaseHolder, LeaseRecord, PermitKey, WaitingPlace } from '../model/lock.ts';
import { byArrival, isSamePermit, livePlaces, type PermitAsk, withoutPlace, withPlace } from './permit.ts';

/** The record of a node that nobody has leased. */
export const freshLease = (nodeId: NodeId): LeaseRecord => ({
  nodeId,
  version: 0,
  fencing: 0,
  holders: [],
  waiters: [],
});

/** Who stands in the way: a run that uses the node, or one that asked for it earlier. */
export interface LeaseBlock extends PermitKey {
  readonly jobName?: string;
  readonly kind: 'holds' | 'waits';
}

/** `lease` is the record after the answer: with the lease, or with a place in line; the same object when nothing is to be written. */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly lease: LeaseRecord }
  | { readonly kind: 'refused'; readonly lease: LeaseRecord; readonly by: LeaseBlock };

/**
 * Asks for a node. Batches of one run do not keep each other out: its phases may run together on the node. `counts` says which holders count.
 */
export const askLease = (lease: LeaseRecord, ask: PermitAsk, counts: (holder: LeaseHolder) => boolean): LeaseAnswer => {
  // Another delivery of the same question took it under the same number: whoever came since does not change that.
  if (lease.holders.some((one) => isSamePermit(one, ask) && one.permit === ask.permit))
    return { kind: 'granted', lease };
  const others = lease.holders.filter((one) => !isSamePermit(one, ask) && counts(one));
  const by = blockOf(lease, ask, others);
  if (by === undefined) return { kind: 'granted', lease: granted(lease, ask, others) };
  const mine = { ...placeOf(ask), until: new Date(ask.nowMs + ask.waitMs).toISOString() };
  const waiters = withPlace(lease.waiters, mine, ask);
  return { kind: 'refused', by, lease: waiters === lease.waiters ? lease : { ...lease, waiters: [...waiters] } };
};

const placeOf = ({ runId, batchId, askedAt }: PermitAsk): Omit<WaitingPlace, 'until'> => ({ runId, batchId, askedAt });

const blockOf = (lease: LeaseRecord, ask: PermitAsk, others: readonly LeaseHolder[]): LeaseBlock | undefined => {
  const holder = others.find((one) => one.runId !== ask.runId);
  if (holder) return { kind: 'holds', runId: holder.runId, batchId: holder.batchId, jobName: holder.jobName };
  // Whose run is on the node already does not wait behind others: they cannot have it before that run has left.
  if (others.length > 0) return undefined;
  const earlier = livePlaces(lease.waiters, ask.nowMs).find(
    (one) => one.runId !== ask.runId && byArrival(one, ask) < 0,
  );
  return earlier && { kind: 'waits', runId: earlier.runId, batchId: earlier.batchId };
};

const granted = (lease: LeaseRecord, ask: PermitAsk, others: readonly LeaseHolder[]): LeaseRecord => {
  const fencing = Math.max(lease.fencing + 1, ask.nowMs);
  const { runId, batchId, jobName, permit } = ask;
  const mine = { runId, batchId, jobName, permit, fencing, since: new Date(ask.nowMs).toISOString() };
  return {
    ...lease,
    fencing,
    holders: [...others, mine],
    waiters: withoutPlace(lease.waiters, ask, ask.nowMs),
  };
};

/** The record without the place of a batch; the same object when it has none. */
export const leaveNode = (lease: LeaseRecord, key: PermitKey): LeaseRecord => {
  const waiters = lease.waiters.filter((one) => !isSamePermit(one, key));
  return waiters.length === lease.waiters.length ? lease : { ...lease, waiters };
};

/** Who is to look again once a batch has left a node: the one that asked first. */
export const nextOnNode = (lease: LeaseRecord, left: PermitKey, nowMs: number): WaitingPlace | undefined =>
  livePlaces(lease.waiters, nowMs).find((one) => !isSamePermit(one, left));
