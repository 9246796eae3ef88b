import { completeBudget, type FailureBudget, type FailureClass, type Tally } from '../model/failure-budget.ts';
import type { Amount, Group, Job } from '../model/job.ts';
import { isTerminalNodeStatus, type NodeStatus } from '../model/status.ts';
import { amountRoundedDown } from './amount.ts';

/** How many of `nodeCount` nodes may fail; percentages rounded down, so that `5%` of 10 nodes is none. */
export const allowedFailures = (maxFailures: Amount, nodeCount: number): number =>
  amountRoundedDown(maxFailures, nodeCount);

/** True once more nodes failed than allowed: then nothing more starts. With the default of 0 the first failure does it. */
export const isBudgetSpent = (maxFailures: Amount, nodeCount: number, failures: number): boolean =>
  failures > allowedFailures(maxFailures, nodeCount);

/** A failure budget of a job. */
export interface NamedBudget extends FailureBudget {
  /** `run`, `group`, or `phase:<index>`, as in tallies. */
  readonly name: string;
}

/** The budgets that a node of a phase counts for. */
export const budgetsOf = (job: Job, group: Group, phaseIndex: number): readonly NamedBudget[] => {
  const phase = group.phases[phaseIndex];
  return [
    { name: 'group', ...completeBudget(group.maxFailures) },
    ...(phase?.maxFailures === undefined
      ? []
      : [{ name: `phase:${phaseIndex}`, ...completeBudget(phase.maxFailures) }]),
    ...(job.spec.maxFailures === undefined ? [] : [{ name: 'run', ...completeBudget(job.spec.maxFailures) }]),
  ];
};

/** A node as a budget sees it. */
export interface CountedNode {
  readonly status: NodeStatus;
  /** The part it belongs to; empty when the budget is one. */
  readonly part: string;
}

const counts = (of: readonly FailureClass[], status: NodeStatus): boolean => of.some((one) => one === status);

/** What nodes mean for a budget, one entry per part in which one of them has come to an end. */
export const tallyOf = ({ name, of }: NamedBudget, nodes: readonly CountedNode[]): readonly Tally[] => {
  const parts = Map.groupBy(
    nodes.filter(({ status }) => isTerminalNodeStatus(status)),
    ({ part }) => part,
  );
  return [...parts].map(([part, ended]) => ({
    budget: name,
    part,
    failed: ended.filter(({ status }) => counts(of, status)).length,
    ended: ended.length,
  }));
};

/** The part of a budget that is spent. */
export interface SpentPart {
  readonly part: string;
  readonly failed: number;
  readonly allowed: number;
}

/**
 * The first part of a budget that is spent, by name; undefined while none is. `sizeOf` says how many nodes a part has. A sample that is larger
 * than its part asks for all of it.
 */
export const spentPart = (
  budget: NamedBudget,
  tallies: Iterable<Tally>,
  sizeOf: (part: string) => number,
): SpentPart | undefined => {
  const parts = new Map<string, { failed: number; ended: number }>();
  for (const { budget: name, part, failed, ended } of tallies) {
    if (name !== budget.name) continue;
    const sum = parts.get(part) ?? { failed: 0, ended: 0 };
    parts.set(part, { failed: sum.failed + failed, ended: sum.ended + ended });
  }
  for (const [part, { failed, ended }] of [...parts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const size = Math.max(1, sizeOf(part));
    if (ended >= Math.min(budget.minSample, size) && isBudgetSpent(budget.max, size, failed))
      return { part, failed, allowed: allowedFailures(budget.max, size) };
  }
  return undefined;
};
