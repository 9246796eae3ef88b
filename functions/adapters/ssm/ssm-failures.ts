import { type CallFailure, fieldOf, networkCodeOf } from '#functions/adapters/agent/call-failure.ts';

/** Names under which AWS services throttle (Smithy's standard retry mode knows the same). */
const throttlingNames: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'SlowDown',
]);

/** Names of the SDK's own errors for answers that did not come or could not be read. */
const unansweredNames: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'AbortError', 'SyntaxError']);

const refusalNames: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** Retry-After in milliseconds; the header has seconds (RFC 9110). A date, which AWS does not send, is not read. */
const retryAfterMs = (error: unknown): number | undefined => {
  const header = fieldOf(fieldOf(fieldOf(error, '$response'), 'headers'), 'retry-after');
  const seconds = typeof header === 'string' && header !== '' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

const kindOf = (name: string, httpStatus: unknown): CallFailure['kind'] | undefined => {
  if (throttlingNames.has(name) || httpStatus === 429) return 'throttled';
  if (unansweredNames.has(name)) return 'unavailable';
  if (refusalNames.has(name)) return 'refused';
  if (typeof httpStatus !== 'number') return undefined;
  // The SDK also gives the status of an answer that it could not read, such as a proxy's page with 200.
  return httpStatus >= 400 && httpStatus < 500 ? 'refused' : 'unavailable';
};

/** Reads what a client of an AWS service threw, by name and status, never by message: several errors of SSM have none. */
export const classifyAws = (error: unknown): CallFailure | undefined => {
  if (!(error instanceof Error)) return undefined;
  const network = networkCodeOf(error);
  if (network !== undefined) return { kind: 'unavailable', code: network };
  const kind = kindOf(error.name, fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode'));
  return kind && { kind, code: error.name, retryAfterMs: retryAfterMs(error) };
};
