import { AppError } from '../errors/app-error.ts';
import type { Phase } from '../model/job.ts';
import { placementOf } from '../model/node.ts';
import type { FrozenTargets } from '../model/run.ts';
import type { BatchCandidate } from './batches.ts';
import { budgetsOfNode, type NodeBudget } from './node-budgets.ts';
import { needsRunner } from './runners.ts';
import type { SlicePlan } from './stages.ts';
import type { TargetNode } from './targets.ts';

/** A node of a slice, and where this attempt picks it up. */
export interface LeftNode extends TargetNode {
  readonly startAt: number;
  readonly tolerated: boolean;
}

/**
 * The frozen runner of a phase.
 * @throws AppError `plan.no-runner` when none was frozen for it.
 */
export const frozenRunner = (targets: Pick<FrozenTargets, 'runners'>, phaseIndex: number): TargetNode => {
  const runner = targets.runners[String(phaseIndex)];
  if (runner !== undefined) return runner;
  throw new AppError('plan.no-runner', `No runner was chosen for phase ${phaseIndex} of the group`);
};

/** The nodes of a slice: its range of the frozen list, or the runner alone. */
export const sliceNodes = (slice: SlicePlan, targets: FrozenTargets): readonly TargetNode[] =>
  slice.kind === 'runner' ? [frozenRunner(targets, slice.phaseIndex)] : targets.nodes.slice(slice.from, slice.to);

/** What `toCandidates` needs. */
export interface CandidateSpec {
  readonly phase: Phase;
  readonly phaseIndex: number;
  /** Nodes of the slice that are left to do. */
  readonly left: readonly LeftNode[];
  readonly targets: Pick<FrozenTargets, 'runners'>;
  /** Disruption budgets; a runner is under none, because the work is not about it. */
  readonly budgets?: readonly NodeBudget[];
}

/** Says for each node through which instance it runs: its own, or the runner's. Whether that one is online is what counts. */
export const toCandidates = (spec: CandidateSpec): readonly BatchCandidate[] => {
  const { phase, phaseIndex, left, targets } = spec;
  const budgets = phase.on === 'runner' ? [] : (spec.budgets ?? []);
  const runner = needsRunner(phase) && left.length > 0 ? frozenRunner(targets, phaseIndex) : undefined;
  return left.map(({ node, online, startAt, tolerated }) => ({
    node,
    via: placementOf((runner ?? { node }).node),
    online: runner?.online ?? online,
    startAt,
    tolerated,
    ...(budgets.length === 0 ? {} : { budgets: budgetsOfNode(budgets, node) }),
  }));
};
