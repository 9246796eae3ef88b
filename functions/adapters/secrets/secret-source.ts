import { AppError } from '#shared/errors/app-error.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { utf8Bytes } from '#shared/script/literal.ts';
import { formatReference, type SecretKind, type SecretReference } from '#shared/secrets/reference.ts';

/** Keeps the secrets of one kind. Throws as `Secrets` does. */
export interface SecretSource {
  fetch(reference: SecretReference): Promise<string>;
  /** Warnings. */
  check(reference: SecretReference): Promise<readonly string[]>;
}

/** Longest value: what Secrets Manager keeps. Linux gives one environment variable 128 KiB. */
const longestBytes = 65_536;

const requireUsable = (value: string, reference: SecretReference): string => {
  const problem = problemOf(value);
  if (problem === undefined) return value;
  throw new AppError('secret.invalid', `The value of ${formatReference(reference)} ${problem}`, {
    hint: 'A secret is a text of 1 to 65,536 bytes that an environment variable can hold.',
  });
};

const problemOf = (value: string): string | undefined => {
  if (value === '') return 'is empty';
  if (value.includes('\0')) return 'holds a NUL character, which no variable can carry';
  if (!value.isWellFormed()) return 'is no valid text';
  return utf8Bytes(value) > longestBytes ? `has more than ${longestBytes} bytes` : undefined;
};

/** Secrets of the kinds that have a source here. */
export const createSecrets = (sources: Readonly<Partial<Record<SecretKind, SecretSource>>>): Secrets => {
  const sourceOf = (reference: SecretReference): SecretSource => {
    const source = sources[reference.kind];
    if (source !== undefined) return source;
    const kinds = Object.keys(sources).map((kind) => `${kind}:`);
    throw new AppError('secret.unsupported', `This server cannot read ${formatReference(reference)}`, {
      hint: `It reads ${kinds.join(', ')}.`,
    });
  };
  return {
    fetch: async (reference) => requireUsable(await sourceOf(reference).fetch(reference), reference),
    check: async (reference) => sourceOf(reference).check(reference),
  };
};
