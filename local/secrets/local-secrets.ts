import type { SecretSource } from '#functions/adapters/secrets/secret-source.ts';
import { AppError, isAppError, messageOf } from '#shared/errors/app-error.ts';
import { utf8Bytes } from '#shared/script/literal.ts';
import { leastMaskedBytes } from '#shared/secrets/masked-forms.ts';
import { formatReference, type SecretReference } from '#shared/secrets/reference.ts';
import { withoutLineEnd } from './line-end.ts';
import { readOwnFile } from './own-file.ts';
import type { SecretStore } from './secret-store.ts';

/** Reading here costs nothing, so checking is reading. */
const sourceOf = (read: (reference: SecretReference) => string): SecretSource => ({
  fetch: async (reference) => read(reference),
  check: async (reference) =>
    utf8Bytes(read(reference)) < leastMaskedBytes
      ? [`${formatReference(reference)} is too short to be masked: output will show it.`]
      : [],
});

/** `local:` references: the store of this machine. */
export const storeSecrets = (store: Pick<SecretStore, 'get'>): SecretSource =>
  sourceOf((reference) => {
    const name = formatReference(reference);
    const value = store.get(name);
    if (value !== undefined) return value;
    throw new AppError('secret.not-found', `The local store has no secret ${reference.name}`, {
      hint: `Set it with: drover secret set ${reference.name}`,
    });
  });

/** `file:` references: files of the server that nobody else can read. One line end after a single line is no part of the value. */
export const fileSecrets: SecretSource = sourceOf((reference) => {
  try {
    return withoutLineEnd(readOwnFile(reference.name));
  } catch (error) {
    throw fileError(reference, error);
  }
});

const fileError = (reference: SecretReference, error: unknown): AppError => {
  const name = formatReference(reference);
  if (isAppError(error))
    return new AppError('secret.forbidden', error.message, error.hint === undefined ? {} : { hint: error.hint });
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new AppError(
    isMissing ? 'secret.not-found' : 'secret.forbidden',
    `${name} could not be read: ${messageOf(error)}`,
  );
};
