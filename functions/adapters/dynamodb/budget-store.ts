import { type BudgetRecord, budgetRecordSchema, budgetUseSchema } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import {
  conditionalWrite,
  isLive,
  live,
  type StoreContext,
  strongQuery,
  strongRead,
  whenNext,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { isDone, readerOf, versioned } from './versioned-records.ts';

/** The part of the port that is about disruption budgets. */
export type BudgetStore = Pick<
  LockStore,
  'getBudget' | 'putBudget' | 'removeBudget' | 'listBudgets' | 'getBudgetUse' | 'putBudgetUse'
>;

const read = readerOf(budgetRecordSchema.strip(), 'a budget');
const readUse = readerOf(budgetUseSchema.strip(), 'the use of a budget');

/** A budget is kept until it is taken away: then it expires at once, and the table forgets it in time. */
const putBudget = (context: StoreContext, budget: BudgetRecord, removed: boolean): Promise<boolean> => {
  const { name, version } = budget;
  const item = { name, version, record: JSON.stringify(budget) };
  const gone = removed ? { expiresAt: Math.floor(context.now() / 1000) } : {};
  const put = context.entities.budgets.put({ ...item, ...gone });
  return isDone(put.where(whenNext(context, version)).go(conditionalWrite));
};

const putBudgetUse = (context: StoreContext, use: Parameters<BudgetStore['putBudgetUse']>[0]): Promise<boolean> => {
  const put = context.entities.budgetUses.put({ name: use.name, ...versioned(context, use) });
  return isDone(put.where(whenNext(context, use.version)).go(conditionalWrite));
};

/** Disruption budgets and their use in the table. */
export const createBudgetStore = (context: StoreContext): BudgetStore => ({
  getBudget: async (name) => {
    const { data } = await io(context.entities.budgets.get({ name }).go(strongRead));
    const item = live(context, data);
    return item && read(item);
  },
  putBudget: (budget) => putBudget(context, budget, false),
  removeBudget: (budget) => putBudget(context, { ...budget, version: budget.version + 1 }, true),
  listBudgets: async () => {
    const { data } = await io(context.entities.budgets.query.byName({}).go(strongQuery));
    return data.filter((item) => isLive(context, item)).map(read);
  },
  getBudgetUse: async (name) => {
    const { data } = await io(context.entities.budgetUses.get({ name }).go(strongRead));
    const item = live(context, data);
    return item && readUse(item);
  },
  putBudgetUse: (use) => putBudgetUse(context, use),
});
