import { realTimers, type Timers } from '#local/engine/parked-tokens.ts';

/**
 * Time that passes `speed` times as fast as on this machine, from now on: for systems that wait for minutes by their own clock. What they
 * start as processes lives in real time.
 */
export const fastTime = (speed: number): Timers => {
  const startMs = Date.now();
  return {
    now: () => Math.round(startMs + (Date.now() - startMs) * speed),
    after: (ms, fire) => realTimers.after(ms / speed, fire),
  };
};
