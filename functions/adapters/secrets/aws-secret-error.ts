import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { AppError, messageOf, toAppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import { formatReference, type SecretReference } from '#shared/secrets/reference.ts';

const notFoundNames: ReadonlySet<string> = new Set([
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'ResourceNotFoundException',
]);

/** Names of errors for rights, to the secret or to the key that it is encrypted with. */
const forbiddenNames: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidKeyId',
  'DecryptionFailure',
  'KMSAccessDeniedException',
]);

const codeOf = (error: unknown, name: string): ErrorCode => {
  if (notFoundNames.has(name) || /marked for deletion|scheduled for deletion/i.test(messageOf(error)))
    return 'secret.not-found';
  return forbiddenNames.has(name) ? 'secret.forbidden' : 'secret.invalid';
};

const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  'secret.not-found': 'Check the name, and the region of the server.',
  'secret.forbidden': 'Give the role of the functions that send and collect the right to read it and to use its key.',
};

/** The coded error of what an AWS client threw when it was asked for a secret. The messages of AWS name secrets and roles, never values. */
export const secretError = (error: unknown, reference: SecretReference): AppError => {
  const failure = error instanceof AppError ? undefined : classifyAws(error);
  if (failure === undefined) return toAppError(error);
  const name = formatReference(reference);
  if (failure.kind !== 'refused')
    return new AppError('secret.unavailable', `${name} could not be read now: ${failure.code}`, {
      cause: error,
      hint: 'Try again; it is not known whether the secret is there.',
    });
  const code = codeOf(error, failure.code);
  const hint = hints[code];
  return new AppError(code, `${name} could not be read. ${failure.code}: ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
};
