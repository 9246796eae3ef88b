/** Seconds until the first look at a fresh invocation. */
export const firstLookSeconds = 1;

/** No pause between looks is longer. */
const longestSeconds = 60;

/**
 * Seconds until the next look, when `looks` looks have been made: 1, 1, 2, 3, 5, 8 … up to 60, and never far beyond the deadline. Commands
 * that are quick are seen quickly; an hour of work costs about 70 looks when no event comes.
 */
export const lookDelaySeconds = (looks: number, secondsToDeadline: number): number => {
  const grown = Math.round(0.8 * 1.5 ** Math.min(looks, 20));
  const untilDeadline = Math.max(1, Math.ceil(secondsToDeadline));
  return Math.min(Math.max(1, grown), longestSeconds, untilDeadline);
};
