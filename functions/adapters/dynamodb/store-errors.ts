import { fieldOf, networkCodeOf } from '#functions/adapters/agent/call-failure.ts';
import { AppError, toAppError } from '#shared/errors/app-error.ts';

/** Names of answers that say "not now": DynamoDB developer guide, "Error handling with DynamoDB". */
const transientNames: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
]);
const setupNames: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'CredentialsProviderError',
]);

const isIn = (names: ReadonlySet<string>, name: unknown): boolean => typeof name === 'string' && names.has(name);

const isTransient = (error: unknown): boolean => {
  const httpStatus = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode');
  return (
    isIn(transientNames, fieldOf(error, 'name')) ||
    networkCodeOf(error) !== undefined ||
    (typeof httpStatus === 'number' && httpStatus >= 500)
  );
};

/** DynamoDB has no error of its own for an item above 400 KB; it is a ValidationException with one of two sentences. */
const isTooLarge = (error: Error): boolean =>
  error.name === 'ValidationException' && /item size .*exceeded the maximum allowed size/i.test(error.message);

/**
 * The coded error of whatever a call of the table threw: `store.unavailable` for what goes away by itself, `task.payload-too-large` for an
 * item above 400 KB, `config.invalid` for a table or right that is not there; anything else is a bug.
 */
export const toStoreError = (error: unknown): AppError => {
  if (!(error instanceof Error) || error instanceof AppError) return toAppError(error);
  if (isTransient(error))
    return new AppError('store.unavailable', `The table did not answer: ${error.message}`, {
      cause: error,
      hint: 'Try again. If it stays, look at the table’s throttling metrics and at the network path to DynamoDB.',
    });
  if (isTooLarge(error))
    return new AppError(
      'task.payload-too-large',
      'A record is larger than the 400 KB that one item of the table can hold.',
      {
        cause: error,
        hint: 'Use fewer nodes in a batch, shorter tags, or smaller outputs and parameters.',
      },
    );
  if (isIn(setupNames, error.name))
    return new AppError('config.invalid', `The table cannot be used: ${error.message}`, {
      cause: error,
      hint: 'Check the name of the table, its region, and the rights of this role.',
    });
  return toAppError(error);
};

/** Waits for a call of the table and turns what it throws into a coded error. */
export const io = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw toStoreError(error);
  }
};
