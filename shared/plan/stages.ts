import type { Group, Job, Phase } from '../model/job.ts';
import { groupRoundSizes, middleRound } from './rounds.ts';

/** One phase on the nodes of one stage. */
export interface SlicePlan {
  /** Index of the phase in its group. */
  readonly phaseIndex: number;
  /** `runner`: once, on the runner, whatever the nodes. `nodes`: on each node of the range (also `runnerPerTarget`). */
  readonly kind: 'nodes' | 'runner';
  /** First node, as an index into the frozen list of the group; 0 for `runner`. */
  readonly from: number;
  /** Index after the last node; 0 for `runner`. */
  readonly to: number;
}

/** Slices that run together. The stages of a group run one after another, with a barrier between them. */
export interface Stage {
  /** Position in the group, from 0. */
  readonly stageIndex: number;
  /** Round of a grayScale group, from 1; 0 in a oneShot group. */
  readonly round: number;
  /** Rounds of the group; 0 in a oneShot group. */
  readonly rounds: number;
  readonly slices: readonly SlicePlan[];
}

/**
 * The stages of a group over `nodeCount` frozen nodes. oneShot: one stage with all phases. grayScale: for each round one stage per phase in
 * declared order; a runner phase only in its round (`first` unless it says otherwise; every round for one that judges).
 * Slices of an empty round are there too: they close at once as skipped.
 */
export const planStages = (job: Job, group: Group, nodeCount: number): readonly Stage[] =>
  group.strategy === 'oneShot' ? [oneShotStage(group, nodeCount)] : grayScaleStages(job, group, nodeCount);

/** How many stages `planStages` makes, without making them. */
export const countStages = (job: Job, group: Group, nodeCount: number): number => {
  if (group.strategy === 'oneShot') return 1;
  const onceOnly = group.phases.filter((phase) => phase.on === 'runner' && roundOf(phase) !== 'every').length;
  return groupRoundSizes(job, group, nodeCount).length * (group.phases.length - onceOnly) + onceOnly;
};

const oneShotStage = (group: Group, nodeCount: number): Stage => ({
  stageIndex: 0,
  round: 0,
  rounds: 0,
  slices: group.phases.map((phase, phaseIndex) => sliceOf(phase, phaseIndex, { from: 0, to: nodeCount })),
});

const grayScaleStages = (job: Job, group: Group, nodeCount: number): readonly Stage[] => {
  const sizes = groupRoundSizes(job, group, nodeCount);
  const stages: Stage[] = [];
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    const place = { round: index + 1, rounds: sizes.length };
    const range = { from, to: from + size };
    for (const [phaseIndex, phase] of group.phases.entries())
      if (runsInRound(phase, place))
        stages.push({ stageIndex: stages.length, ...place, slices: [sliceOf(phase, phaseIndex, range)] });
    from = range.to;
  }
  return stages;
};

const runsInRound = (phase: Phase, { round, rounds }: Pick<Stage, 'round' | 'rounds'>): boolean => {
  if (phase.on !== 'runner') return true;
  const at = { first: 1, middle: middleRound(rounds), last: rounds, every: round };
  return round === at[roundOf(phase)];
};

/** A phase that judges rounds runs in each of them; any other runner phase in the first, unless it says otherwise. */
const roundOf = (phase: Phase): NonNullable<Phase['round']> =>
  phase.round ?? (phase.judge === undefined ? 'first' : 'every');

const sliceOf = (phase: Phase, phaseIndex: number, range: Pick<SlicePlan, 'from' | 'to'>): SlicePlan =>
  phase.on === 'runner' ? { phaseIndex, kind: 'runner', from: 0, to: 0 } : { phaseIndex, kind: 'nodes', ...range };
