/** How long and how often a call is tried again. */
export interface RetryPolicy {
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No try starts later than this after the first one. */
  readonly totalMs: number;
}

/** Eight tries within 20 seconds: the published limits of both clouds are none, so the budget is what a waiting user bears. */
export const agentRetries: RetryPolicy = { tries: 8, firstDelayMs: 250, maxDelayMs: 5_000, totalMs: 20_000 };

/** Where a call stands that has just failed. */
export interface TriedSoFar {
  /** Tries made, at least 1. */
  readonly tries: number;
  readonly elapsedMs: number;
  /** What the service asked for. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Milliseconds until the next try; undefined when the call is given up. Full jitter over a doubling window (AWS architecture blog,
 * "Exponential Backoff and Jitter"), on top of what the service itself asked for, so that many callers do not come back together.
 */
export const nextTryMs = (policy: RetryPolicy, so: TriedSoFar, random: () => number): number | undefined => {
  if (so.tries >= policy.tries) return undefined;
  const window = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (so.tries - 1));
  const delayMs = Math.round((so.retryAfterMs ?? 0) + random() * window);
  return so.elapsedMs + delayMs <= policy.totalMs ? delayMs : undefined;
};
