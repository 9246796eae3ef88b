import type { Group, Job } from '../model/job.ts';
import type { AgentKind } from '../model/node.ts';
import type { FrozenTargets } from '../model/run.ts';
import { type BatchPlan, planBatches } from './batches.ts';
import { checkBatchCount } from './limits.ts';
import { batchLimits, budgetsOfSlice, checkBudgets, type NodeBudget, widthUnder } from './node-budgets.ts';
import { groupRoundSizes } from './rounds.ts';
import type { PlanBatches, PlanRound, PlanSlice } from './run-plan.ts';
import { sliceNodes, toCandidates } from './slice-nodes.ts';
import type { SlicePlan, Stage } from './stages.ts';
import { phaseWidth } from './width.ts';

/** A group with its stages, ready to be shown round by round. */
export interface RoundsSpec {
  readonly job: Job;
  readonly group: Group;
  readonly stages: readonly Stage[];
  readonly targets: FrozenTargets;
  readonly limitOf: (agent: AgentKind) => number;
  /** Disruption budgets; each lets at least one node work. */
  readonly budgets: readonly NodeBudget[];
}

/** The rounds of a group, each with its nodes and slices; the single round 0 for a oneShot group. */
export const planRounds = (spec: RoundsSpec): PlanRound[] => {
  const byRound = Map.groupBy(spec.stages, (stage) => stage.round);
  let from = 0;
  return roundsOf(spec).map(({ round, size }) => {
    const nodes = spec.targets.nodes.slice(from, from + size);
    from += size;
    return {
      round,
      nodes: nodes.map(({ node, online }) => ({ id: node.id, name: node.name, online })),
      slices: (byRound.get(round) ?? []).flatMap((stage) =>
        stage.slices.flatMap((slice) => planSlice(spec, stage.stageIndex, slice)),
      ),
    };
  });
};

const roundsOf = ({ job, group, targets }: RoundsSpec): readonly { round: number; size: number }[] => {
  const nodeCount = targets.nodes.length;
  return group.strategy === 'oneShot'
    ? [{ round: 0, size: nodeCount }]
    : groupRoundSizes(job, group, nodeCount).map((size, index) => ({ round: index + 1, size }));
};

const planSlice = (spec: RoundsSpec, stageIndex: number, slice: SlicePlan): readonly PlanSlice[] => {
  const { job, group, targets, limitOf } = spec;
  const phase = group.phases[slice.phaseIndex];
  if (phase === undefined) return [];
  const left = sliceNodes(slice, targets).map((target) => ({ ...target, startAt: 0, tolerated: false }));
  const budgets = slice.kind === 'runner' ? [] : spec.budgets;
  const under = budgetsOfSlice(
    budgets,
    left.map(({ node }) => node),
  );
  checkBudgets(phase.name, under);
  const width = widthUnder(phaseWidth(job, group, phase, left.length), left.length, under);
  const plan = planBatches({
    nodes: toCandidates({ phase, phaseIndex: slice.phaseIndex, left, targets, budgets }),
    width,
    limitOf,
    limitUnder: batchLimits(budgets),
  });
  checkBatchCount(phase.name, plan.batches.length);
  return [
    {
      stageIndex,
      phase: phase.name,
      kind: slice.kind,
      nodeCount: left.length,
      width,
      ...(under.length === 0 ? {} : { budgets: under.map((one) => ({ ...one })) }),
      batchesAtOnce: plan.width,
      batches: batchesByScope(plan),
    },
  ];
};

/** Batches added up by where they go, in the order in which the first of each starts. */
const batchesByScope = (plan: BatchPlan): PlanBatches[] => {
  const scopes = new Map<string, PlanBatches>();
  for (const { online, nodes } of plan.batches) {
    const [first] = nodes;
    if (first === undefined) continue;
    const { agent, account, region } = first.via;
    const key = JSON.stringify([agent, account ?? null, region, online]);
    const place = { agent, ...(account === undefined ? {} : { account }), region, online };
    const scope = scopes.get(key) ?? { ...place, batchCount: 0, nodeCount: 0 };
    scopes.set(key, {
      ...scope,
      batchCount: scope.batchCount + 1,
      nodeCount: scope.nodeCount + nodes.length,
    });
  }
  return [...scopes.values()];
};
