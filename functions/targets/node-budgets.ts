import { isAppError } from '#shared/errors/app-error.ts';
import type { DisruptionBudget } from '#shared/model/lock.ts';
import type { Node } from '#shared/model/node.ts';
import type { GroupRecord } from '#shared/model/run.ts';
import { type NodeBudget, underBudgets } from '#shared/plan/node-budgets.ts';
import { matcher } from './resolve-targets.ts';

/** A budget with what is known of it for a group: how many nodes of the inventory are under it. */
export type FrozenBudget = NonNullable<GroupRecord['budgets']>[number];

const scope = { params: {}, run: { id: '', attempt: 1, job: '' } };

/** Whether a node is under a budget. One for which its condition has no value is: too few nodes at once do less harm than too many. */
const isUnder = (budget: Pick<DisruptionBudget, 'where'>): ((node: Node) => boolean) => {
  const matches = matcher(budget.where, scope, true);
  return (node) => {
    try {
      return matches(node);
    } catch (error) {
      if (isAppError(error, 'expression.')) return true;
      throw error;
    }
  };
};

/** Disruption budgets as planning needs them, with the number of all nodes under each; those without a number are left out. */
export const nodeBudgets = (
  budgets: readonly DisruptionBudget[],
  totalOf: (budget: DisruptionBudget) => number | undefined,
): readonly NodeBudget[] =>
  budgets.flatMap((budget) => {
    const total = totalOf(budget);
    return total === undefined ? [] : [underBudgets(budget, total, isUnder(budget))];
  });

/** How many of these nodes are under a budget. */
export const countUnder = (budget: Pick<DisruptionBudget, 'where'>, nodes: readonly Node[]): number => {
  const matches = isUnder(budget);
  return nodes.reduce((sum, node) => sum + (matches(node) ? 1 : 0), 0);
};
