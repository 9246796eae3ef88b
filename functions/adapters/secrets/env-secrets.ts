import { AppError } from '#shared/errors/app-error.ts';
import { formatReference, type SecretReference } from '#shared/secrets/reference.ts';
import type { SecretSource } from './secret-source.ts';

/** What `env:` references may read. */
export interface EnvSecretsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Only variables whose names begin so are given away, such as `DROVER_SECRET_`. */
  readonly prefix: string;
}

const requirePrefix = (reference: SecretReference, prefix: string): void => {
  if (reference.name.startsWith(prefix) && reference.name !== prefix) return;
  throw new AppError('secret.forbidden', `${formatReference(reference)} is no secret that this server gives away`, {
    hint: `Only variables whose names begin with ${prefix} can be referred to.`,
  });
};

/** Environment variables of the process that sends operations. */
export const envSecrets = ({ environment, prefix }: EnvSecretsOptions): SecretSource => ({
  fetch: async (reference) => {
    requirePrefix(reference, prefix);
    const value = environment[reference.name];
    if (value !== undefined) return value;
    throw new AppError('secret.not-found', `${formatReference(reference)} is not set where operations are sent`, {
      hint: 'Set the variable in the environment of the server, and start it again.',
    });
  },
  // The process that plans may be another one: only the name can be checked.
  check: async (reference) => {
    requirePrefix(reference, prefix);
    return [];
  },
});
