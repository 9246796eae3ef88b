/**
 * How long rights last that nobody keeps. A right is kept by the work itself: before anything is sent, it is extended beyond the time by which
 * that must have ended, so that nobody else gets a node on which a command may still run. What is left over after a crash ends by itself.
 */
export const lockTimes = {
  /** From the request to the first state of its execution. */
  startMs: 10 * 60_000,
  /** Between two steps of a run; also the least for which anything is kept. */
  stepMs: 20 * 60_000,
  /** A paused run: as long as its Hold state waits, and a day. */
  holdMs: 31 * 86_400_000,
  /** Beyond the time by which a command must have ended. */
  marginMs: 5 * 60_000,
  /** Written beyond what is needed, so that keeping often writes seldom. */
  slackMs: 10 * 60_000,
  /** Beyond the next look of somebody who waits, before its place is passed over. */
  placeMarginMs: 5 * 60_000,
  /** A place that was passed over is kept so long, for one that comes back after a crash. */
  forgetPlaceMs: 86_400_000,
} as const;

/** How somebody looks who waits: it is woken when its time has come, and looks by itself in case that was lost. */
interface Patience {
  /** Seconds before each of the first looks. */
  readonly first: number;
  /** Later, this part of the time waited so far. */
  readonly part: number;
  readonly longest: number;
}

/** A run in line shares the history of its execution (25,000 events) with all its stages: some 70 looks in ten days. */
export const turnPatience: Patience = { first: 60, part: 1 / 4, longest: 21_600 };

/** A batch has a history of its own: some 270 looks in two months. */
export const permitPatience: Patience = { first: 10, part: 1 / 8, longest: 21_600 };

/** Seconds until the next look of one that has waited so long. */
export const waitSeconds = (waitedMs: number, { first, part, longest }: Patience): number =>
  Math.round(Math.min(longest, Math.max(first, (Math.max(0, waitedMs) / 1000) * part)));

/** Milliseconds for which a place is kept that is looked after again in so many seconds. */
export const placeMs = (lookSeconds: number): number => lookSeconds * 2000 + lockTimes.placeMarginMs;
