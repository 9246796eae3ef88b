import type { Amount, Group, Job } from '../model/job.ts';
import { amountRoundedUp, clamp } from './amount.ts';

/** How a grayScale group says its rounds. `rounds` wins over `roundCount`; neither is the same as `roundCount: 0`. */
export interface RoundSpec {
  /** Cumulative ends: `[1, 10%, 50%, 100%]`. */
  readonly rounds?: readonly Amount[] | undefined;
  /** Number of rounds; 0 or less: one node a round. */
  readonly roundCount?: number | undefined;
}

/**
 * The number of nodes in each round, in order; they add up to `nodeCount`. There is always a round, an empty one when there are no nodes, so
 * that runner phases still run.
 *
 * By `roundCount` R: rounds = R ≤ 0 ? n : R, at least 1 and at most n; the first n mod rounds of them hold one node more. By `rounds`: each
 * amount says how many nodes are done at the end of its round, percentages rounded up; an end that is not beyond the one before makes no
 * round; nodes beyond the last end form a last round of their own, so no round is bigger than its author wrote.
 */
export const roundSizes = (spec: RoundSpec, nodeCount: number): readonly number[] => {
  if (nodeCount === 0) return [0];
  return spec.rounds === undefined
    ? evenSizes(spec.roundCount ?? 0, nodeCount)
    : sizesByEnds([...spec.rounds, nodeCount], nodeCount);
};

const evenSizes = (roundCount: number, nodeCount: number): readonly number[] => {
  const rounds = clamp(roundCount <= 0 ? nodeCount : roundCount, 1, nodeCount);
  const size = Math.floor(nodeCount / rounds);
  return Array.from({ length: rounds }, (_, index) => size + (index < nodeCount % rounds ? 1 : 0));
};

const sizesByEnds = (ends: readonly Amount[], nodeCount: number): readonly number[] => {
  const sizes: number[] = [];
  let done = 0;
  for (const amount of ends) {
    const end = Math.min(amountRoundedUp(amount, nodeCount), nodeCount);
    if (end > done) sizes.push(end - done);
    done = Math.max(done, end);
  }
  return sizes;
};

/** Sizes of the rounds of a grayScale group: its own `rounds`, its own `roundCount`, the job's `roundCount`, else one node a round. */
export const groupRoundSizes = (
  job: Job,
  group: Pick<Group, 'rounds' | 'roundCount'>,
  nodeCount: number,
): readonly number[] =>
  roundSizes({ rounds: group.rounds, roundCount: group.roundCount ?? job.spec.roundCount }, nodeCount);

/** The round, counted from 1, in which `round: middle` phases run: the first r with r ≥ rounds / 2. */
export const middleRound = (rounds: number): number => Math.max(1, Math.ceil(rounds / 2));
