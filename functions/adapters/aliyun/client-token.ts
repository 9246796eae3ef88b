import { createHash } from 'node:crypto';

/**
 * The ClientToken of a call that shares our id with another call but not its instances: a token that comes back with other parameters is
 * refused (403 IdempotentParameterMismatch). Made of what tells the calls apart, so that the same call made again has the same token.
 * 43 of the 64 characters that a token may have.
 */
export const derivedToken = (purpose: string, invocationId: string, instanceIds: readonly string[]): string =>
  createHash('sha256')
    .update([purpose, invocationId, ...instanceIds.toSorted()].join('\n'))
    .digest('base64url');
