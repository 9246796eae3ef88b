import type { AgentKind } from '#shared/model/node.ts';

/**
 * Seconds until the first look at a fresh invocation. SSM says when a command is over, mostly within two seconds, so an earlier look would
 * nearly always see nothing; Cloud Assistant says nothing, so looking is all there is.
 */
export const firstLookSeconds: Readonly<Record<AgentKind, number>> = { aws: 2, aliyun: 1 };

/** No pause between looks is longer, in the first half day of an operation. */
const longestSeconds = 60;

/** The state machine waits at least one second and at most five minutes at a time. */
export const waitSeconds = (leftMs: number): number => Math.min(300, Math.max(1, Math.ceil(leftMs / 1000)));

/** After so many looks the pause is this long: a batch may look some 1,900 times before its history is full (13 events of 25,000 each). */
const patience = { looks: 700, seconds: 300 } as const;

/**
 * Seconds until the next look, when `looks` looks have been made: 1, 1, 2, 3, 5, 8 … up to 60, and never far beyond the deadline. Commands
 * that are quick are seen quickly; an hour of work costs about 70 looks when no event comes.
 */
export const lookDelaySeconds = (looks: number, secondsToDeadline: number): number => {
  const grown = Math.round(0.8 * 1.5 ** Math.min(looks, 20));
  const longest = looks > patience.looks ? patience.seconds : longestSeconds;
  const untilDeadline = Math.max(1, Math.ceil(secondsToDeadline));
  return Math.min(Math.max(1, grown), longest, untilDeadline);
};
