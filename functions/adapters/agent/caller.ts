import { setTimeout } from 'node:timers/promises';
import { agentRetries, nextTryMs, type RetryPolicy } from './back-off.ts';
import { type CallFailure, type Classify, failureError } from './call-failure.ts';
import { type CallName, callText } from './call-name.ts';
import type { Pass, RateGate } from './rate-gate.ts';

/** Time and chance of the back-off. */
export interface Pacing {
  /** Waits so many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Milliseconds; only differences are used. */
  readonly now: () => number;
  /** Hears of each request before it is made, those that are tried again included. */
  readonly called?: () => void;
  /** Hears of each call that a cloud would not take now. */
  readonly onThrottled?: (what: string) => void;
  /** Lets calls through at the rate that all processes share; absent: as fast as they come. */
  readonly gate?: RateGate;
}

/** Real timers, chance and clock. */
export const realPacing: Pacing = { sleep: (ms) => setTimeout(ms), random: Math.random, now: () => performance.now() };

/** A call of a cloud. */
export interface Call<T> {
  readonly what: CallName;
  readonly run: () => Promise<T>;
  /** False for a call that must not be made again when it may have taken effect. */
  readonly repeatable: boolean;
}

/** What came of a call: its answer, or the cloud's refusal with its code. */
export type Answer<T> =
  | { readonly refused: false; readonly value: T }
  | { readonly refused: true; readonly code: string; readonly error: Error };

/** Makes calls, again when that is safe and promising. */
export interface Caller {
  /**
   * The answer of a call, where a refusal is a value.
   * @throws AppError `agent.throttled`, `agent.unavailable`, `agent.quota-exceeded`
   */
  ask<T>(call: Call<T>): Promise<Answer<T>>;
  /**
   * The answer of a call that is safe to repeat.
   * @throws AppError as `ask`, and `agent.refused`
   */
  read<T>(what: CallName, run: () => Promise<T>): Promise<T>;
}

const mayRepeat = (failure: CallFailure, repeatable: boolean): boolean =>
  failure.kind === 'throttled' || (failure.kind === 'unavailable' && repeatable);

const openGate: RateGate = { enter: async (call) => ({ call }), taken: async () => {}, refused: async () => {} };

/**
 * Calls with jittered back-off. Throttled calls had no effect, so they are always tried again; unanswered ones only when repeatable. Where a
 * limit is shared each try waits for its turn first, which counts against the time of the whole but is no try.
 */
export const createCaller = (classify: Classify, pacing: Pacing, policy: RetryPolicy = agentRetries): Caller => {
  const { gate = openGate } = pacing;
  const heed = async (pass: Pass, { kind, retryAfterMs }: CallFailure): Promise<void> => {
    if (kind !== 'throttled') return;
    pacing.onThrottled?.(callText(pass.call));
    await gate.refused(pass, retryAfterMs);
  };
  const attempt = async <T>(call: Call<T>, tries: number, startedMs: number): Promise<Answer<T>> => {
    const pass = await gate.enter(call.what, policy.totalMs - (pacing.now() - startedMs));
    try {
      pacing.called?.();
      const value = await call.run();
      await gate.taken(pass);
      return { refused: false, value };
    } catch (error) {
      const failure = classify(error);
      if (failure === undefined) throw error;
      const coded = failureError(callText(call.what), failure, error);
      await heed(pass, failure);
      if (failure.kind === 'refused') return { refused: true, code: failure.code, error: coded };
      const so = { tries, elapsedMs: pacing.now() - startedMs, retryAfterMs: failure.retryAfterMs };
      const delayMs = mayRepeat(failure, call.repeatable) ? nextTryMs(policy, so, pacing.random) : undefined;
      if (delayMs === undefined) throw coded;
      await pacing.sleep(delayMs);
    }
    return attempt(call, tries + 1, startedMs);
  };
  const ask = <T>(call: Call<T>): Promise<Answer<T>> => attempt(call, 1, pacing.now());
  return { ask, read: async (what, run) => grantedOf(await ask({ what, run, repeatable: true })) };
};

/**
 * The value of an answer.
 * @throws AppError `agent.refused` when it is a refusal
 */
export const grantedOf = <T>(answer: Answer<T>): T => {
  if (answer.refused) throw answer.error;
  return answer.value;
};
