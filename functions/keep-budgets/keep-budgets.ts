import { changeLocked } from '#functions/records/change-locked.ts';
import { type WakePermitsDeps, wakePermits } from '#functions/records/wake-permits.ts';
import { countUnder } from '#functions/targets/node-budgets.ts';
import type { BudgetView, PutBudgetRequest } from '#shared/contract/lock-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { allowedAtOnce } from '#shared/lock/share.ts';
import { type BudgetRecord, budgetNameSchema } from '#shared/model/lock.ts';
import type { Node } from '#shared/model/node.ts';
import { nodesWithAgent } from '#shared/plan/targets.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, type Inventory, type Log, nowIso } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';

/** What keeping budgets needs. */
export interface KeepBudgetsDeps extends WakePermitsDeps {
  readonly store: WakePermitsDeps['store'] &
    Pick<LockStore, 'getBudget' | 'putBudget' | 'removeBudget' | 'listBudgets' | 'getBudgetUse'>;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * All disruption budgets with what of them is in use, over the inventory as it is now.
 * @throws AppError `inventory.unavailable`
 */
export const listBudgets = (deps: KeepBudgetsDeps) => async (): Promise<Page<BudgetView>> => {
  const budgets = await deps.store.listBudgets();
  const nodes = budgets.length === 0 ? [] : await readNodes(deps);
  return { items: await Promise.all(budgets.map((budget) => viewOf(deps, budget, nodes))) };
};

/**
 * Makes a disruption budget, or replaces it. A new maximum holds from now on; whose nodes are under it is settled anew when a group or a stage
 * begins.
 * @throws AppError `request.invalid`, `expression.invalid`, `inventory.unavailable`
 */
export const putBudget =
  (deps: KeepBudgetsDeps) =>
  async (name: string, request: PutBudgetRequest, actor: string): Promise<BudgetView> => {
    const known = checkedName(name);
    checkWhere(request.where);
    const { description, ...rest } = request;
    const { record } = await changeLocked<BudgetRecord, { readonly record: BudgetRecord }>(
      {
        read: async () =>
          (await deps.store.getBudget(known)) ?? { ...rest, name: known, version: 0, ...stamp(deps, actor) },
        put: (budget) => deps.store.putBudget(budget),
      },
      ({ version }) => ({
        record: {
          ...rest,
          ...(description === undefined ? {} : { description }),
          name: known,
          version,
          ...stamp(deps, actor),
        },
      }),
    );
    deps.log.info('budget.put', { budget: known, actor });
    await wakeWaiters(deps, known);
    return viewOf(deps, record, await readNodes(deps));
  };

/**
 * Takes a disruption budget away; what waits for it goes on.
 * @throws AppError `budget.not-found`, `inventory.unavailable`
 */
export const removeBudget =
  (deps: KeepBudgetsDeps) =>
  async (name: string, actor: string): Promise<BudgetView> => {
    for (;;) {
      const budget = await deps.store.getBudget(name);
      if (budget === undefined)
        throw new AppError('budget.not-found', `There is no budget '${name}'`, {
          hint: 'List the budgets with: drover budget ls',
        });
      const view = await viewOf(deps, budget, await readNodes(deps));
      if (!(await deps.store.removeBudget(budget))) continue;
      deps.log.info('budget.removed', { budget: name, actor });
      await wakeWaiters(deps, name);
      return view;
    }
  };

const stamp = ({ clock }: KeepBudgetsDeps, actor: string) => ({ updatedAt: nowIso(clock), updatedBy: actor });

const checkedName = (name: string): string => {
  const checked = budgetNameSchema.safeParse(name);
  if (checked.success) return checked.data;
  throw new AppError('request.invalid', `'${name}' ${checked.error.issues[0]?.message ?? 'is not a budget name'}`);
};

/** A budget is over nodes and lasts longer than any run, so its condition can only look at the node. */
const checkWhere = (where: string): void => {
  const foreign = parseCondition(where).references.find(({ kind }) => kind !== 'node');
  if (foreign === undefined) return;
  throw new AppError('request.invalid', `The condition '${where}' looks at more than the node`, {
    places: [{ path: '/where', message: 'only node may be used here' }],
    hint: 'Such as: node.tags.app == "shop"',
  });
};

const readNodes = async ({ inventory }: KeepBudgetsDeps): Promise<readonly Node[]> =>
  nodesWithAgent((await inventory.list({ maxAgeSeconds: inventory.ages.shownSeconds })).nodes);

const viewOf = async (deps: KeepBudgetsDeps, budget: BudgetRecord, nodes: readonly Node[]): Promise<BudgetView> => {
  const use = await deps.store.getBudgetUse(budget.name);
  const total = countUnder(budget, nodes);
  const { version: _version, ...said } = budget;
  const used = (use?.shares ?? []).reduce((sum, share) => sum + share.nodes, 0);
  return { ...said, nodes: total, limit: allowedAtOnce(budget.max, total), used };
};

/** Everybody who waits looks again: what is allowed has changed. */
const wakeWaiters = async (deps: KeepBudgetsDeps, name: string): Promise<void> => {
  const use = await deps.store.getBudgetUse(name);
  await wakePermits(deps, use?.waiters ?? []);
};
