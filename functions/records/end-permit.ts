import { exclusiveOf } from '#shared/lock/exclusive.ts';
import { freshLease, leaveNode, nextOnNode } from '#shared/lock/lease.ts';
import { freshUse, nextForShare, returnShare } from '#shared/lock/share.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { BudgetUse, LeaseRecord, PermitKey, PermitRecord } from '#shared/model/lock.ts';
import type { BatchRecord } from '#shared/model/run.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import { changeLocked, type Versioned } from './change-locked.ts';
import type { PhasePlace } from './phase-place.ts';
import { type WakePermitsDeps, wakePermits } from './wake-permits.ts';

/** What ending permits needs. */
export interface EndPermitDeps extends WakePermitsDeps {
  readonly store: WakePermitsDeps['store'] &
    Pick<LockStore, 'getPermit' | 'putPermit' | 'getBudgetUse' | 'putBudgetUse' | 'getLeases' | 'putLease'> &
    Pick<PlanStore, 'getBatch'>;
  readonly clock: Clock;
}

/** How and by whom a permit was ended. */
export type PermitEnd = Omit<NonNullable<PermitRecord['ended']>, 'at'>;

/** True for batches that ask for a permit: others have none to end. */
export const mayHavePermit = (
  { job, group, phase }: Pick<PhasePlace, 'job' | 'group' | 'phase'>,
  batch: Pick<BatchRecord, 'budgets'>,
): boolean => exclusiveOf(job, group, phase) !== undefined || (batch.budgets ?? []).length > 0;

/** True for phases of which some batch may ask for a permit. */
export const usesPermits = (place: PhasePlace): boolean =>
  exclusiveOf(place.job, place.group, place.phase) !== undefined || (place.record.budgets ?? []).length > 0;

/** The use of a budget, to be decided on. */
export const budgetUse = (
  { store }: { readonly store: Pick<LockStore, 'getBudgetUse' | 'putBudgetUse'> },
  name: string,
): Versioned<BudgetUse> => ({
  read: async () => (await store.getBudgetUse(name)) ?? freshUse(name),
  put: (use) => store.putBudgetUse(use),
});

/** Gives a batch's share of a budget back, and wakes those that fit now. A batch that waits for it keeps its place. */
export const giveShareBack = async (
  deps: Pick<EndPermitDeps, 'store' | 'engine' | 'clock'>,
  name: string,
  { key, keepsPlace }: { readonly key: PermitKey; readonly keepsPlace: boolean },
): Promise<void> => {
  const { record } = await changeLocked(budgetUse(deps, name), (use) => ({
    record: returnShare(use, key, keepsPlace),
  }));
  const next = nextForShare(record, deps.clock.now()).filter(
    (one) => one.batchId !== key.batchId || one.runId !== key.runId,
  );
  await wakePermits(deps, next);
};

/**
 * Ends what a batch has of leases and budget shares, and wakes those that wait for it. One write ends all its leases; a batch without a permit
 * is left as it is. Ending twice changes nothing.
 */
export const endPermit = async (
  deps: EndPermitDeps,
  key: PermitKey,
  end: PermitEnd = { how: 'released' },
): Promise<void> => {
  const permit = await markEnded(deps, key, end);
  if (permit === undefined) return;
  for (const name of permit.budgets) await giveShareBack(deps, name, { key, keepsPlace: false });
  if (permit.exclusive) await wakeNextOnNodes(deps, key);
};

const markEnded = async (deps: EndPermitDeps, key: PermitKey, end: PermitEnd): Promise<PermitRecord | undefined> => {
  for (;;) {
    const permit = await deps.store.getPermit(key);
    if (permit === undefined || permit.state === 'ended') return permit;
    const { waitingFor: _waitingFor, ...rest } = permit;
    const ended = {
      ...rest,
      version: permit.version + 1,
      state: 'ended',
      ended: { at: nowIso(deps.clock), ...end },
    } as const;
    if (await deps.store.putPermit(ended)) return ended;
  }
};

/** Takes the batch's places in line from its nodes, where it has any, and wakes those that come next. */
const wakeNextOnNodes = async (deps: EndPermitDeps, key: PermitKey): Promise<void> => {
  const batch = await deps.store.getBatch(key.runId, key.batchId);
  const leases = await deps.store.getLeases((batch?.nodes ?? []).map(({ node }) => node.id));
  for (const lease of leases)
    if (leaveNode(lease, key) !== lease)
      await changeLocked(leaseRecord(deps, lease.nodeId), (now) => ({ record: leaveNode(now, key) }));
  const next = leases.flatMap((lease) => nextOnNode(lease, key, deps.clock.now()) ?? []);
  await wakePermits(deps, next);
};

const leaseRecord = ({ store }: Pick<EndPermitDeps, 'store'>, nodeId: NodeId): Versioned<LeaseRecord> => ({
  read: async () => (await store.getLeases([nodeId]))[0] ?? freshLease(nodeId),
  put: (lease) => store.putLease(lease),
});
