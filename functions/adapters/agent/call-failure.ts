import { AppError, type AppErrorOptions, messageOf } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';

/**
 * Why a call of a cloud failed. `throttled` and `refused`: it had no effect. `unavailable`: no answer, or one that says nothing about the
 * call; it may have taken effect. `quota`: a limit that waiting seconds does not lift.
 */
export type FailureKind = 'throttled' | 'unavailable' | 'quota' | 'refused';

/** A failed call in our words. */
export interface CallFailure {
  readonly kind: FailureKind;
  /** The cloud's own code, such as `InvalidInstanceId`, or the name of the network error. */
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
}

/** Reads what a client threw; undefined for what is no answer of a cloud or network, but a defect of ours. */
export type Classify = (error: unknown) => CallFailure | undefined;

const codes = {
  throttled: 'agent.throttled',
  unavailable: 'agent.unavailable',
  quota: 'agent.quota-exceeded',
  refused: 'agent.refused',
} as const satisfies Record<FailureKind, ErrorCode>;

const sentences: Readonly<Record<FailureKind, (what: string) => string>> = {
  throttled: (what) => `${what} was throttled, and throttled again when repeated.`,
  unavailable: (what) => `${what} got no usable answer; it may have taken effect.`,
  quota: (what) => `${what} exceeds a quota of the account.`,
  refused: (what) => `${what} was refused.`,
};

const generalHints: Readonly<Record<FailureKind, string>> = {
  throttled: 'Run fewer jobs at once, or ask the cloud for a higher rate limit.',
  unavailable: 'Check the network path to the cloud and its status page, then try again.',
  quota: 'Wait until the quota resets, or ask the cloud for a higher one.',
  refused: 'Look the code up in the reference of this call.',
};

const access = 'Grant the role of the orchestrator this call, on these instances.';
const credentials = 'Check the credentials of this account: they are wrong, expired or of another account.';

/** What to do about codes that users meet (SSM and ECS API references, common errors). */
const hintsByCode: Readonly<Record<string, string>> = {
  AccessDeniedException: access,
  'Forbidden.RAM': access,
  ExpiredTokenException: credentials,
  UnrecognizedClientException: credentials,
  InvalidSignatureException: credentials,
  CredentialsProviderError: credentials,
  SignatureDoesNotMatch: credentials,
  'InvalidAccessKeyId.NotFound': credentials,
  'InvalidSecurityToken.Expired': credentials,
};

/**
 * The coded error of a failed call. `what` names the call for the reader, such as `SSM SendCommand in eu-west-1`; `hint` is for calls of
 * which more is known than the cloud's code says.
 */
export const failureError = (what: string, failure: CallFailure, cause: unknown, hint?: string): AppError => {
  const options: AppErrorOptions = {
    hint: hint ?? hintsByCode[failure.code] ?? generalHints[failure.kind],
    cause,
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
  const message = messageOf(cause);
  const detail = failure.kind === 'unavailable' || message === '' ? failure.code : `${failure.code}: ${message}`;
  return new AppError(codes[failure.kind], `${sentences[failure.kind](what)} ${detail}`, options);
};

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
]);

/** The code of a network error, as Node.js names them; undefined for anything else. */
export const networkCodeOf = (error: unknown): string | undefined => {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' && networkCodes.has(code) ? code : undefined;
};

/** A field of a value of unknown shape. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
