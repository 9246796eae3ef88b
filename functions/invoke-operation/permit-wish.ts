import type { EndPermitDeps } from '#functions/records/end-permit.ts';
import type { PermitLifeDeps } from '#functions/records/permit-life.ts';
import type { Exclusive } from '#shared/lock/exclusive.ts';
import type { PermitAsk } from '#shared/lock/permit.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { PermitKey } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';

/** What taking permits needs. */
export interface PermitDeps extends EndPermitDeps {
  readonly store: EndPermitDeps['store'] &
    PermitLifeDeps['store'] &
    Pick<LockStore, 'putLease' | 'getBudget' | 'beginPermitLook'>;
}

/** What a batch wants before it sends. */
export interface PermitWish {
  readonly key: PermitKey;
  readonly jobName: string;
  /** Nodes with something left to do. */
  readonly nodeIds: readonly NodeId[];
  /** Absent when it shares its nodes. */
  readonly exclusive?: Exclusive;
  /** Disruption budgets that its nodes are under, by name. */
  readonly budgets: readonly { readonly name: string; readonly total: number }[];
  /** How long it needs them from now, at least. */
  readonly needMs: number;
}

/** A try to take everything. */
export interface Taking {
  readonly ask: PermitAsk;
  /** How long it has waited. */
  readonly waitedMs: number;
}

/**
 * A node that is not worked on because another run has it, and why. One that is to fail is undeliverable: nothing was sent to it, and no
 * operation tolerates that.
 */
export interface GivenUp {
  readonly nodeId: NodeId;
  readonly status: 'skipped' | 'undeliverable';
  readonly reason: string;
}
