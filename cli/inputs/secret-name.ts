import { AppError } from '#shared/errors/app-error.ts';
import { formatReference, readReference, type SecretKind } from '#shared/secrets/reference.ts';

/** Kinds that the store of this machine stands in for: its own, and the clouds' that the local cloud has none of. */
const stored: readonly SecretKind[] = ['local', 'ssm', 'secretsmanager', 'oos-secret'];

/**
 * The reference under which a secret is stored: `token` is `local:token`; `ssm:/shop/token` is what the local cloud's Parameter Store holds.
 * @throws AppError `usage.invalid`
 */
export const readSecretName = (text: string): string => {
  const reading = readReference(text.includes(':') ? text : `local:${text}`);
  if (!('reference' in reading))
    throw new AppError('usage.invalid', 'That is not the name of a secret', {
      hint: 'A name has letters, digits, . _ / and -, such as shop/token. The value is asked for, and never an argument.',
    });
  const { reference } = reading;
  if (!stored.includes(reference.kind) || reference.jsonKey !== undefined)
    throw new AppError('usage.invalid', `${formatReference(reference)} is not kept in the local store`, {
      hint: `The store holds ${stored.map((kind) => `${kind}:`).join(', ')} names${reference.jsonKey === undefined ? '' : ', without a key after #'}.`,
    });
  return formatReference(reference);
};
