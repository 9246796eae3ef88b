import { AppError } from '#shared/errors/app-error.ts';
import { formatReference, type SecretReference } from '#shared/secrets/reference.ts';

/** The name alone: of an ARN the part behind `:secret:`. */
const bareName = (name: string): string => /^arn:.*:secret:(.+)$/.exec(name)?.[1] ?? name;

/**
 * Refuses a name that does not begin with one of the prefixes: the rights of the server may be wider than what jobs are to see.
 * @throws AppError `secret.forbidden`
 */
export const requireAllowed = (reference: SecretReference, prefixes: readonly string[]): void => {
  if (prefixes.some((prefix) => bareName(reference.name).startsWith(prefix))) return;
  throw new AppError(
    'secret.forbidden',
    `${formatReference(reference)} is not among the secrets that jobs may use here`,
    {
      hint:
        prefixes.length === 0
          ? 'None of this kind are; the deployment says which (docs/secrets.md).'
          : `Names begin with ${prefixes.join(' or ')}.`,
    },
  );
};
