import type { Amount, Group, Job, Phase } from '../model/job.ts';
import { amountRoundedUp, clamp } from './amount.ts';

/** What one level (phase, group, job) says about how many nodes run at once. */
export interface WidthSpec {
  readonly maxConcurrency?: Amount | undefined;
  /** A divisor: 4 means a quarter of the nodes at once; 0 or less means one at a time. */
  readonly roundCount?: number | undefined;
}

/**
 * How many of `nodeCount` nodes run at once: `maxConcurrency` (percentages rounded up), else ⌈n / roundCount⌉, else all.
 * At least 1, at most `nodeCount` (1 when there are none).
 */
export const widthOf = (spec: WidthSpec, nodeCount: number): number => clamp(wanted(spec, nodeCount), 1, nodeCount);

const wanted = ({ maxConcurrency, roundCount }: WidthSpec, nodeCount: number): number => {
  if (maxConcurrency !== undefined) return amountRoundedUp(maxConcurrency, nodeCount);
  if (roundCount === undefined) return nodeCount;
  return roundCount <= 0 ? 1 : Math.ceil(nodeCount / roundCount);
};

/**
 * How many nodes of a slice run at once. `nodeCount` counts all nodes of the slice, also those that an earlier attempt did.
 *
 * oneShot: the first of phase, group and job that says anything decides; within a level `maxConcurrency` wins over `roundCount`.
 * grayScale: a round is already the portion that may run together, so the whole slice does, unless the phase or the group narrows it by
 * `maxConcurrency` (a percentage is of the slice). `roundCount` makes the rounds there and nothing else: the older format's pool of
 * ⌈n / R⌉ is never smaller than a round, so this is the same behaviour.
 * A runner has one instance to give: `runner` phases have a width of 1, `runnerPerTarget` phases of at most 10.
 */
export const phaseWidth = (job: Job, group: Group, phase: Phase, nodeCount: number): number => {
  if (phase.on === 'runner') return 1;
  const width = widthOf(widthSpec(job, group, phase), nodeCount);
  return phase.on === 'runnerPerTarget' ? Math.min(width, scriptsPerRunner) : width;
};

/** Scripts at once on a runner that serves many nodes. */
const scriptsPerRunner = 10;

const widthSpec = (job: Job, group: Group, phase: Phase): WidthSpec => {
  if (group.strategy === 'grayScale') return { maxConcurrency: phase.maxConcurrency ?? group.maxConcurrency };
  const levels: readonly WidthSpec[] = [phase, group, job.spec];
  return levels.find(saysWidth) ?? {};
};

const saysWidth = (level: WidthSpec): boolean => level.maxConcurrency !== undefined || level.roundCount !== undefined;
