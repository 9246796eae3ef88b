import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DroverClient } from '#shared/client/client.ts';
import { checkFile, sendFile } from '#shared/client/send-file.ts';

/** The digest of a file, read part by part: a large one is never in memory as a whole, and the page stays alive. */
const digestOf = async (file: Blob): Promise<string> => {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytesToHex(hash.digest());
    hash.update(value);
  }
};

/** Without the proof of who is signed in: that is for the API alone, and the form has its own. */
const withoutProof: typeof fetch = (url, init) => fetch(url, { ...init, credentials: 'omit' });

/**
 * Uploads a file, and answers the value of its param.
 * @throws AppError `params.invalid`, `service.*`, `file.*`
 */
export const uploadFile = async (
  client: Pick<DroverClient, 'offerFile' | 'completeFile'>,
  file: File,
): Promise<string> => {
  const facts = { name: file.name.normalize('NFC'), bytes: file.size };
  checkFile(facts);
  const content = async (): Promise<Blob> => file;
  return sendFile({ client, fetch: withoutProof }, { ...facts, sha256: await digestOf(file), content });
};
