import type { AgentKind } from '#shared/model/node.ts';

/**
 * Seconds until the first look at a fresh invocation. SSM says when a command is over, mostly within two seconds, so an earlier look would
 * nearly always see nothing; Cloud Assistant says nothing, so looking is all there is.
 */
export const firstLookSeconds: Readonly<Record<AgentKind, number>> = { aws: 2, aliyun: 1 };

/** No pause between looks is longer, in the first half day of an operation. */
const longestSeconds = 60;

/** Never longer than this between two looks: an event or a decision wakes a batch, and may be lost. */
const longestPauseSeconds = 21_600;

/**
 * Seconds until the next look at what waits at Drover itself, when `looks` looks have been made: five minutes, and a tenth more with each look, up to
 * six hours, so that a wait of a month takes some 150 looks. Never beyond the end of the wait.
 */
export const waitSeconds = (leftMs: number, looks: number): number => {
  const pause = Math.round(Math.min(longestPauseSeconds, 300 * 1.1 ** Math.min(looks, 100)));
  return Math.min(pause, Math.max(1, Math.ceil(leftMs / 1000)));
};

/**
 * A batch may look some 1,900 times before its history is full (13 events of 25,000 each). After `looks` of them, over all its operations, the
 * pause is `seconds`, and doubles after each `more`: the 1,900 last for more than a month.
 */
const patience = { looks: 700, seconds: 300, more: 200 } as const;

const longestOf = (looksOfBatch: number): number => {
  if (looksOfBatch <= patience.looks) return longestSeconds;
  const doublings = Math.floor((looksOfBatch - patience.looks - 1) / patience.more);
  return Math.min(longestPauseSeconds, patience.seconds * 2 ** Math.min(doublings, 20));
};

/** A batch that has looked often goes faster to long pauses, so that it gets through more operations that take long. */
const growthAfter = (looksBefore: number): number => {
  if (looksBefore <= patience.looks) return 1.5;
  return looksBefore <= 1300 ? 2.5 : 5;
};

/** How a batch has looked so far. */
export interface LooksSoFar {
  /** At this invocation. */
  readonly looks: number;
  /** At what it sent before, each sending counted as one more. */
  readonly looksBefore?: number | undefined;
}

/**
 * Seconds until the next look: 1, 1, 2, 3, 5, 8 … up to 60, more when the batch has looked very often, and never far beyond the deadline.
 * Commands that are quick are seen quickly; an hour of work costs about 70 looks when no event comes.
 */
export const lookDelaySeconds = ({ looks, looksBefore = 0 }: LooksSoFar, secondsToDeadline: number): number => {
  const longest = longestOf(looks + looksBefore);
  const grown = Math.round(0.8 * growthAfter(looksBefore) ** Math.min(looks, 30));
  const untilDeadline = Math.max(1, Math.ceil(secondsToDeadline));
  return Math.min(Math.max(1, grown), longest, untilDeadline);
};

/** What a batch has looked before its next invocation. */
export const looksOf = (invocations: readonly { readonly looks: number }[]): number =>
  invocations.reduce((sum, { looks }) => sum + looks + 1, 0);
