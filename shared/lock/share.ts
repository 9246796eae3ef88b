import type { Amount } from '../model/job.ts';
import type { BudgetShare, BudgetUse, PermitKey, ShareWaiter } from '../model/lock.ts';
import { amountRoundedDown } from '../plan/amount.ts';
import { byArrival, isSamePermit, livePlaces, type PermitAsk, withoutPlace, withPlace } from './permit.ts';

/** Batches that may use one budget at the same time: the record of its use has to stay far below what one item of the table holds. */
export const maxShares = 1000;

/**
 * How many of `total` nodes a disruption budget lets work at once. A percentage is rounded down, so that it is never exceeded, but lets one node
 * through as long as it is above 0, because a small fleet would stand still otherwise.
 */
export const allowedAtOnce = (max: Amount, total: number): number => {
  const allowed = amountRoundedDown(max, total);
  return allowed === 0 && typeof max === 'string' && total > 0 && Number.parseInt(max, 10) > 0 ? 1 : allowed;
};

/** The use of a budget that nobody has used. */
export const freshUse = (name: string): BudgetUse => ({ name, version: 0, shares: [], waiters: [] });

/** A question for a share. */
export interface ShareAsk extends PermitAsk {
  /** Nodes of the batch. */
  readonly nodes: number;
  /** How many the budget lets work at once. */
  readonly limit: number;
}

/** `use` is the record after the answer; the same object when nothing is to be written. */
export type ShareAnswer =
  | { readonly kind: 'granted'; readonly use: BudgetUse }
  | { readonly kind: 'refused'; readonly use: BudgetUse; readonly used: number; readonly ahead: number };

const sumOf = (list: readonly { readonly nodes: number }[]): number => list.reduce((sum, { nodes }) => sum + nodes, 0);

/**
 * Asks for a share. Those that asked earlier come first: a batch gets its share when there is room for them and for it. `counts` says which
 * shares count; asked without it, all do, which is enough to grant.
 */
export const askShare = (
  use: BudgetUse,
  ask: ShareAsk,
  counts: (share: BudgetShare) => boolean = () => true,
): ShareAnswer => {
  // Another delivery of the same question took it under the same number: whoever came since does not change that.
  if (use.shares.some((one) => isSamePermit(one, ask) && one.permit === ask.permit)) return { kind: 'granted', use };
  const others = use.shares.filter((one) => !isSamePermit(one, ask) && counts(one));
  const earlier = livePlaces(use.waiters, ask.nowMs).filter((one) => byArrival(one, ask) < 0);
  const used = sumOf(others);
  if (others.length < maxShares && used + sumOf(earlier) + ask.nodes <= ask.limit)
    return { kind: 'granted', use: granted(use, ask, others) };
  const { runId, batchId, askedAt, nodes, limit } = ask;
  const mine = { runId, batchId, askedAt, nodes, limit, until: new Date(ask.nowMs + ask.waitMs).toISOString() };
  const waiters = withPlace(use.waiters, mine, ask);
  const shares = use.shares.filter((one) => !isSamePermit(one, ask));
  const isSame = waiters === use.waiters && shares.length === use.shares.length;
  return {
    kind: 'refused',
    used,
    ahead: earlier.length,
    use: isSame ? use : { ...use, shares, waiters: [...waiters] },
  };
};

const granted = (use: BudgetUse, ask: ShareAsk, others: readonly BudgetShare[]): BudgetUse => {
  const { runId, batchId, jobName, permit, nodes } = ask;
  const mine = { runId, batchId, jobName, permit, nodes, since: new Date(ask.nowMs).toISOString() };
  return { ...use, shares: [...others, mine], waiters: withoutPlace(use.waiters, ask, ask.nowMs) };
};

/** The use after a batch has given its share back; its place goes with it unless it waits on. */
export const returnShare = (use: BudgetUse, key: PermitKey, keepsPlace: boolean): BudgetUse => {
  const shares = use.shares.filter((one) => !isSamePermit(one, key));
  const waiters = keepsPlace ? use.waiters : use.waiters.filter((one) => !isSamePermit(one, key));
  return shares.length === use.shares.length && waiters.length === use.waiters.length
    ? use
    : { ...use, shares, waiters };
};

/** Who is to look again: those that fit now, in the order of arrival. */
export const nextForShare = (use: BudgetUse, nowMs: number): readonly ShareWaiter[] => {
  let used = sumOf(use.shares);
  const fitting: ShareWaiter[] = [];
  for (const waiter of livePlaces(use.waiters, nowMs)) {
    used += waiter.nodes;
    if (used > waiter.limit) break;
    fitting.push(waiter);
  }
  return fitting;
};
