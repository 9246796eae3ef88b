import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { AppError, messageOf, toAppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';

/** A service that Drover itself stands on. */
export interface OwnService {
  /** As the reader knows it, such as `the bucket shop-blobs`. */
  readonly name: string;
  /** Code for what goes away by itself: throttling, no answer, a limit on what is under way. */
  readonly unavailable: ErrorCode;
}

/** Refusals that waiting lifts: limits on what is under way at once (StartExecution API reference, KMS "Throttling"). */
const passingRefusals: ReadonlySet<string> = new Set(['ExecutionLimitExceeded', 'KmsThrottlingException']);

/**
 * The coded error of what an AWS client threw: the service's own code for what goes away by itself, `config.invalid` for a name or a right
 * that is not there; anything else is a bug.
 */
export const serviceError = (error: unknown, service: OwnService): AppError => {
  const failure = error instanceof AppError ? undefined : classifyAws(error);
  if (failure === undefined) return toAppError(error);
  const said = `${failure.code}: ${messageOf(error)}`;
  if (failure.kind === 'refused' && !passingRefusals.has(failure.code))
    return new AppError('config.invalid', `${service.name} refused a call. ${said}`, {
      cause: error,
      hint: 'Check its name, its region, and the rights of this role.',
    });
  return new AppError(service.unavailable, `${service.name} did not do what was asked. ${said}`, {
    cause: error,
    hint: 'Try again. If it stays, look at the limits of the account and the network path to the service.',
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
};

/** Waits for a call and turns what it throws into a coded error. */
export const callService = async <T>(service: OwnService, call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw serviceError(error, service);
  }
};
