import { AppError } from '#shared/errors/app-error.ts';
import { jsonDigest } from '#shared/job/job-digest.ts';
import type { KeyClaim, RunStore } from '#shared/ports/store.ts';

/** How long an idempotency key is remembered. */
const keyTtlSeconds = 7 * 86_400;

/** A request under an idempotency key. */
export interface KeyedRequest extends Omit<KeyClaim, 'requestDigest' | 'ttlSeconds'> {
  /** What the same key is to stand for again. */
  readonly request: unknown;
}

/**
 * Takes an idempotency key for a request; the claim of the first such request when there is one.
 * @throws AppError `idempotency.mismatch` when the key was used for another request
 */
export const claimRequest = async (
  store: Pick<RunStore, 'claimKey'>,
  { request, ...wish }: KeyedRequest,
): Promise<KeyClaim> => {
  const requestDigest = jsonDigest(request);
  const claim = await store.claimKey({ ...wish, requestDigest, ttlSeconds: keyTtlSeconds });
  if (claim.requestDigest === requestDigest) return claim;
  throw new AppError('idempotency.mismatch', `The Idempotency-Key '${wish.key}' was used for another request`, {
    hint: `Use a new key for a new request. The key belongs to run ${claim.runId}.`,
  });
};
