import type { Secrets } from '#shared/ports/secrets.ts';
import { createMasker } from '#shared/secrets/mask-text.ts';
import { maskedForms } from '#shared/secrets/masked-forms.ts';
import type { OperationSecret } from '#shared/secrets/operation-secrets.ts';

/** What an outcome must not show of an operation's secrets, put out of it. */
export type Masker = (text: string) => string;

const showsAll: Masker = (text) => text;

/**
 * Masks the values that the server can read. The nodes have masked already what their scripts printed; this one is for what did not pass by
 * them. A value that cannot be read now is left out: no result is lost for it.
 */
export const maskerOf = async (secrets: Pick<Secrets, 'fetch'>, used: readonly OperationSecret[]): Promise<Masker> => {
  const readable = used.filter(({ reference }) => reference.kind !== 'oos-secret');
  if (readable.length === 0) return showsAll;
  const fetched = await Promise.allSettled(readable.map(({ reference }) => secrets.fetch(reference)));
  return createMasker(maskedForms(fetched.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))));
};
