/**
 * What the clients of the services that Drover stands on are configured with. Every call of them is safe to repeat, so the SDK repeats it:
 * adaptive, which also slows this process down while the service throttles it. The SDK has no timeouts of its own.
 */
export const ownClientConfig = {
  retryMode: 'adaptive',
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
