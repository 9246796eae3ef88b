import { AppError } from '#shared/errors/app-error.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { formatReference, type SecretKind, type SecretReference } from '#shared/secrets/reference.ts';
import { requireAllowed } from './allowed-names.ts';

/** Checks references of one kind, and warns. Throws as `Secrets` does. */
export type SecretCheck = (reference: SecretReference) => Promise<readonly string[]>;

/** Finds what there is for a kind, or says that there is nothing. */
export const forKind = <T>(all: Readonly<Partial<Record<SecretKind, T>>>, reference: SecretReference): T => {
  const found = all[reference.kind];
  if (found !== undefined) return found;
  const kinds = Object.keys(all).map((kind) => `${kind}:`);
  throw new AppError('secret.unsupported', `This server cannot read ${formatReference(reference)}`, {
    hint: `It reads ${kinds.join(', ')}.`,
  });
};

/** Names that begin with one of the prefixes are in order. */
export const checkNames =
  (prefixes: readonly string[]): SecretCheck =>
  async (reference) => {
    requireAllowed(reference, prefixes);
    return [];
  };

/** Checks without anything that could fetch: for those who plan. */
export const createSecretChecks = (
  checks: Readonly<Partial<Record<SecretKind, SecretCheck>>>,
): Pick<Secrets, 'check'> => ({ check: async (reference) => forKind(checks, reference)(reference) });
