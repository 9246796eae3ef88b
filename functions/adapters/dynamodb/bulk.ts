import { setTimeout } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error.ts';

/** How the back-off between bulk calls waits and spreads. */
export interface Pacing {
  /** Waits so many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Real timers and real chance. */
export const realPacing: Pacing = { sleep: (ms) => setTimeout(ms), random: Math.random };

/** Bulk calls under way at once: four calls of 25 items keep a partition below its 1,000 writes a second. */
export const concurrentCalls = 4;

const maxTries = 10;
const firstDelayMs = 50;
const maxDelayMs = 5_000;

/** Full jitter over a doubling window, as the AWS architecture blog's "Exponential Backoff and Jitter" has it. */
const delayMs = (tries: number, random: () => number): number =>
  random() * Math.min(maxDelayMs, firstDelayMs * 2 ** tries);

/** Work on many keys of which a call may leave some undone. */
export interface BulkWork<T, Key> {
  readonly items: readonly T[];
  /** What tells one item from another. Of items with the same name the last one counts: DynamoDB refuses a call that names a key twice. */
  readonly nameOf: (item: T | Key) => string;
  /** Does the work; returns the keys that were left undone. */
  readonly call: (items: T[]) => Promise<readonly Key[]>;
}

/**
 * Does bulk work to its end: what a call leaves undone is tried again after a growing, jittered wait.
 * @throws AppError `store.unavailable` after ten tries.
 */
export const finishBulk = async <T, Key>(work: BulkWork<T, Key>, pacing: Pacing): Promise<void> => {
  let left = new Map(work.items.map((item) => [work.nameOf(item), item] as const));
  for (let tries = 0; left.size > 0 && tries < maxTries; tries += 1) {
    if (tries > 0) await pacing.sleep(delayMs(tries, pacing.random));
    const undone = new Set((await work.call([...left.values()])).map(work.nameOf));
    left = new Map([...left].filter(([name]) => undone.has(name)));
  }
  if (left.size > 0)
    throw new AppError('store.unavailable', `The table left ${left.size} items undone after ${maxTries} tries.`, {
      hint: 'Try again later. The table is being throttled: look at its metrics.',
    });
};
