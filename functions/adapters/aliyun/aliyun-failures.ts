import { type CallFailure, fieldOf, networkCodeOf } from '#functions/adapters/agent/call-failure.ts';

/** Limits that seconds do not lift (RunCommand reference, error codes). */
const quotaCodes: ReadonlySet<string> = new Set(['Invocation.ExceedQuota', 'CmdCount.ExceedQuota']);

/** Codes of calls that will have an answer soon: the same call is under way, or the service has a fault. */
const transientCodes: ReadonlySet<string> = new Set([
  'IdempotentProcessing',
  'InternalError.Dispatch',
  'InternalError',
  'ServiceUnavailable',
]);

/**
 * Names of errors that say nothing about the call: the client's timeout, an answer that is no JSON (which surfaces as a bare SyntaxError
 * without code and status), and an answer that does not have the documented shape.
 */
const unansweredNames: ReadonlySet<string> = new Set(['RequestTimeoutError', 'SyntaxError', 'ZodError']);

const answeredNames: ReadonlySet<string> = new Set(['ClientError', 'ServerError', 'ThrottlingError']);

/** The HTTP status of a code changed over the years, so the code decides where it can. */
const kindOf = (error: Error, code: string): CallFailure['kind'] => {
  if (error.name === 'ThrottlingError') return 'throttled';
  if (quotaCodes.has(code)) return 'quota';
  return error.name === 'ServerError' || transientCodes.has(code) ? 'unavailable' : 'refused';
};

const retryAfterOf = (error: Error): number | undefined => {
  const retryAfterMs = fieldOf(error, 'retryAfter');
  return typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined;
};

/** Reads what Alibaba Cloud's client threw, by name and code. */
export const classifyAliyun = (error: unknown): CallFailure | undefined => {
  if (!(error instanceof Error)) return undefined;
  const network = networkCodeOf(error);
  if (network !== undefined) return { kind: 'unavailable', code: network };
  if (unansweredNames.has(error.name)) return { kind: 'unavailable', code: error.name };
  if (!answeredNames.has(error.name)) return undefined;
  const code = String(fieldOf(error, 'code') ?? error.name);
  return { kind: kindOf(error, code), code, retryAfterMs: retryAfterOf(error) };
};
