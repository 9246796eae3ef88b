import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Outcome } from '#shared/model/outcome.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { TextBlob } from './text-blob.ts';

/** Text of one stream that stays in the ledger, in bytes; longer text goes to a blob as a whole. */
export const inlineTextBytes = 2048;

/** Moves long text of an outcome to a blob under `key` and keeps the head of each stream. */
export const keepText = async (blobs: Pick<Blobs, 'put'>, key: string, outcome: Outcome): Promise<Outcome> => {
  const { stdout, stderr } = outcome;
  const [short, shortError] = [headOf(stdout), headOf(stderr)];
  if (short === stdout && shortError === stderr) return outcome;
  const content: TextBlob = { stdout, stderr };
  await blobs.put(key, utf8ToBytes(JSON.stringify(content)));
  return { ...outcome, stdout: short, stderr: shortError, textBlob: key };
};

const headOf = (text: string): string => {
  if (text.length * 3 <= inlineTextBytes) return text;
  const bytes = utf8ToBytes(text);
  if (bytes.length <= inlineTextBytes) return text;
  // A character cut in half at the end is dropped: the whole text is in the blob.
  return new TextDecoder().decode(bytes.subarray(0, inlineTextBytes), { stream: true });
};
