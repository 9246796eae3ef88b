import { foldNames } from '#shared/client/fold-names.ts';
import { heldWarnings } from '#shared/format/plan-words.ts';
import type { PlanGroup, PlanNode, PlanRound, PlanSlice, RunPlan } from '#shared/plan/run-plan.ts';

/** A slice of a round as a line of a table; the first of a round carries its nodes. */
export interface RoundLine {
  readonly round: PlanRound;
  readonly slice: PlanSlice | undefined;
  readonly isFirst: boolean;
}

/** The rounds of a group, a line for each of their slices. */
export const roundLines = ({ rounds }: Pick<PlanGroup, 'rounds'>): readonly RoundLine[] =>
  rounds.flatMap((round): readonly RoundLine[] =>
    round.slices.length === 0
      ? [{ round, slice: undefined, isFirst: true }]
      : round.slices.map((slice, index) => ({ round, slice, isFirst: index === 0 })),
  );

const folded = new WeakMap<readonly PlanNode[], string>();

/** The nodes of a round in short. Folding thousands of names takes a while, so each list is folded once. */
export const foldedNodes = (nodes: readonly PlanNode[]): string => {
  const known = folded.get(nodes);
  if (known !== undefined) return known;
  const text = foldNames(nodes.map(({ name }) => name)).join(' ');
  folded.set(nodes, text);
  return text;
};

/** Nodes that are left out for one reason. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
  /** Their ids in short. */
  readonly nodes: string;
}

/** Nodes of a group that do not take part, by reason; the reason with the most nodes first. */
export const leftOutByReason = ({ leftOut }: Pick<PlanGroup, 'leftOut'>): readonly LeftOut[] =>
  [...Map.groupBy(leftOut, ({ reason }) => reason)]
    .map(([reason, some]) => ({
      reason,
      count: some.length,
      nodes: foldNames(some.map(({ nodeId }) => nodeId)).join(' '),
    }))
    .toSorted((a, b) => b.count - a.count);

/** Everything that one should know before the run, each a sentence. Who is left out stands with the groups. */
export const planWarnings = (plan: Pick<RunPlan, 'warnings' | 'secrets' | 'heldNow'>): readonly string[] => [
  ...plan.warnings.filter(({ kind }) => kind !== 'leftOut').map(({ group, message }) => `${group}: ${message}`),
  ...plan.secrets.flatMap(({ warnings }) => warnings),
  ...heldWarnings(plan),
];
