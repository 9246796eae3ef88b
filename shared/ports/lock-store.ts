import type { NodeId, RunId, SliceId } from '../model/ids.ts';
import type { BudgetRecord, BudgetUse, LeaseRecord, PermitKey, PermitRecord, TurnRecord } from '../model/lock.ts';

/**
 * Turns, leases, budgets and permits. Records with a `version` are decided on as a whole: read, decide, put with the next version. A put
 * answers false when another writer came first, and nothing is written then; version 1 is the first. All reads are strongly consistent.
 */
export interface LockStore {
  getTurn(key: string): Promise<TurnRecord | undefined>;
  /** Records of these keys; a key without one is absent. */
  getTurns(keys: readonly string[]): Promise<readonly TurnRecord[]>;
  putTurn(turn: TurnRecord): Promise<boolean>;
  /** Every key that was used of late. */
  listTurns(): Promise<readonly TurnRecord[]>;

  /** Leases of these nodes; a node without one is absent. */
  getLeases(nodeIds: readonly NodeId[]): Promise<readonly LeaseRecord[]>;
  putLease(lease: LeaseRecord): Promise<boolean>;

  getBudget(name: string): Promise<BudgetRecord | undefined>;
  putBudget(budget: BudgetRecord): Promise<boolean>;
  /** Takes a budget away that is at this version; false when another writer came first. */
  removeBudget(budget: BudgetRecord): Promise<boolean>;
  /** All budgets, by name. */
  listBudgets(): Promise<readonly BudgetRecord[]>;
  getBudgetUse(name: string): Promise<BudgetUse | undefined>;
  putBudgetUse(use: BudgetUse): Promise<boolean>;

  getPermit(key: PermitKey): Promise<PermitRecord | undefined>;
  /** Permits of these batches; a batch without one is absent. */
  getPermits(keys: readonly PermitKey[]): Promise<readonly PermitRecord[]>;
  /** Leaves a parked token and a signal as they are. */
  putPermit(permit: PermitRecord): Promise<boolean>;
  /** Permits of a run, or of one slice of it, in the order of their batches. */
  listPermits(runId: RunId, sliceId?: SliceId): Promise<readonly PermitRecord[]>;
  /** Parks the token of a waiting batch; when a signal came before, says so and the caller completes the token itself. */
  parkPermitToken(key: PermitKey, token: string): Promise<{ readonly signalled: boolean }>;
  /** Notes that it is worth a look; returns the parked token if there is one. A batch without a permit is none. */
  signalPermit(key: PermitKey): Promise<{ readonly token?: string }>;
  /** Forgets token and signal: the batch is about to look. */
  beginPermitLook(key: PermitKey): Promise<void>;

  /** Notes that a run may have permits, until it is taken back. Idempotent. */
  notePermitUser(runId: RunId): Promise<void>;
  forgetPermitUser(runId: RunId): Promise<void>;
  /** Runs that may have permits. */
  listPermitUsers(): Promise<readonly RunId[]>;
}
