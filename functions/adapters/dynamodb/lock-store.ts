import type { LockStore } from '#shared/ports/lock-store.ts';
import { createBudgetStore } from './budget-store.ts';
import { createLeaseStore } from './lease-store.ts';
import { createPermitStore } from './permit-store.ts';
import type { StoreContext } from './store-context.ts';
import { createTurnStore } from './turn-store.ts';

/** Turns, leases, budgets and permits in the table. */
export const createLockStore = (context: StoreContext): LockStore => ({
  ...createTurnStore(context),
  ...createLeaseStore(context),
  ...createBudgetStore(context),
  ...createPermitStore(context),
});
