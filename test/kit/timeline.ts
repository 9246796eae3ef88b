import { setImmediate } from 'node:timers/promises';

/** A clock that stands still while anything is done, and goes to the next alarm when everybody sleeps. */
export interface Timeline {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Work outside of this process's own code, such as a call over the network: no time passes meanwhile. */
  readonly outside: <T>(work: () => Promise<T>) => Promise<T>;
  /** Lets time pass until the work is done. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  /** As `now`, and never moved by hand. */
  readonly trueNow: () => number;
  /** Moves the clock, also backwards. */
  readonly shift: (ms: number) => void;
}

/** A timeline that begins at an instant. */
export const createTimeline = (startMs: number): Timeline => {
  let trueMs = startMs;
  let shiftedMs = 0;
  let under = 0;
  let sleepers: readonly { readonly atMs: number; readonly wake: () => void }[] = [];

  const wakeNext = (): void => {
    const [first] = [...sleepers].sort((one, other) => one.atMs - other.atMs);
    if (first === undefined) throw new Error('Nobody sleeps, nothing is under way, and the work is not done.');
    trueMs = Math.max(trueMs, first.atMs);
    sleepers = sleepers.filter((one) => one !== first);
    first.wake();
  };
  return {
    now: () => trueMs + shiftedMs,
    trueNow: () => trueMs,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { atMs: trueMs + ms, wake }];
      }),
    outside: async (work) => {
      under += 1;
      try {
        return await work();
      } finally {
        under -= 1;
      }
    },
    run: async (work) => {
      let isDone = false;
      const end = (): void => {
        isDone = true;
      };
      work.then(end, end);
      for (;;) {
        // Promises that are settled are all heeded before the next immediate.
        await setImmediate();
        if (isDone) return work;
        if (under === 0) wakeNext();
      }
    },
    shift: (ms) => {
      shiftedMs += ms;
    },
  };
};
