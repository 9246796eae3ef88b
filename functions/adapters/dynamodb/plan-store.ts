import type { PlanStore } from '#shared/ports/store.ts';
import { createBatchStore } from './batch-store.ts';
import { createGroupStore } from './group-store.ts';
import { createSliceStore } from './slice-store.ts';
import type { StoreContext } from './store-context.ts';

/** The frozen plan and its progress in the table. */
export const createPlanStore = (context: StoreContext): PlanStore => ({
  ...createGroupStore(context),
  ...createSliceStore(context),
  ...createBatchStore(context),
});
