import type { RetryPolicy } from '#functions/adapters/agent/back-off.ts';

/** What the clients of probes are configured with: an answer soon, or none. */
export const probeClientConfig = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
} as const;

/** The same for clients that do not try again by themselves. */
export const probeTries: RetryPolicy = { tries: 2, firstDelayMs: 250, maxDelayMs: 1_000, totalMs: 5_000 };
