import { AppError } from '../errors/app-error.ts';
import { allowedAtOnce } from '../lock/share.ts';
import type { DisruptionBudget } from '../model/lock.ts';
import type { Node } from '../model/node.ts';

/** A disruption budget, as far as planning goes. */
export interface NodeBudget {
  readonly name: string;
  readonly max: DisruptionBudget['max'];
  /** Nodes of the inventory that are under it. */
  readonly total: number;
  /** How many of them may be worked on at once. */
  readonly limit: number;
  readonly matches: (node: Node) => boolean;
}

/** A budget over so many nodes. */
export const underBudgets = (
  { name, max }: Pick<DisruptionBudget, 'name' | 'max'>,
  total: number,
  matches: (node: Node) => boolean,
): NodeBudget => ({ name, max, total, limit: allowedAtOnce(max, total), matches });

/** Names of the budgets that a node is under, in order. */
export const budgetsOfNode = (budgets: readonly NodeBudget[], node: Node): readonly string[] =>
  budgets.flatMap((budget) => (budget.matches(node) ? [budget.name] : [])).sort();

/** A budget that makes a slice narrower than its job says. */
export interface NarrowingBudget extends Pick<NodeBudget, 'name' | 'max' | 'total' | 'limit'> {
  /** Nodes of the slice that are under it. */
  readonly nodes: number;
}

/** The budgets that nodes of a slice are under, with the number of those nodes. */
export const budgetsOfSlice = (budgets: readonly NodeBudget[], nodes: readonly Node[]): readonly NarrowingBudget[] =>
  budgets.flatMap(({ matches, ...budget }) => {
    const count = nodes.reduce((sum, node) => sum + (matches(node) ? 1 : 0), 0);
    return count === 0 ? [] : [{ ...budget, nodes: count }];
  });

/**
 * How many nodes of a slice run at once under its budgets. A budget over all of its nodes narrows the slice; one over some of them holds up only
 * their batches, which wait while the others go on.
 */
export const widthUnder = (width: number, nodeCount: number, budgets: readonly NarrowingBudget[]): number =>
  budgets.reduce(
    (least, { nodes, limit }) => (nodes === nodeCount ? Math.min(least, Math.max(1, limit)) : least),
    width,
  );

/** How many nodes of one batch each budget lets work; a batch has at least one. */
export const batchLimits = (budgets: readonly NodeBudget[]): ((name: string) => number) => {
  const limits = new Map(budgets.map(({ name, limit }) => [name, Math.max(1, limit)]));
  return (name) => limits.get(name) ?? 1;
};

/**
 * @throws AppError `plan.budget-closed` when a slice has nodes under a budget that lets none of them work.
 */
export const checkBudgets = (phaseName: string, budgets: readonly NarrowingBudget[]): void => {
  const closed = budgets.find(({ limit }) => limit === 0);
  if (closed === undefined) return;
  throw new AppError(
    'plan.budget-closed',
    `Phase '${phaseName}' has ${closed.nodes} nodes under the budget '${closed.name}', which lets none of them be worked on (max ${closed.max})`,
    { hint: `Raise it with: drover budget put ${closed.name} --max <count or percentage>, or leave those nodes out.` },
  );
};
