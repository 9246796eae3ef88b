import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { answersFolder } from '#shared/config/retention.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** What keeping an answer needs. */
export interface KeepAnswerDeps {
  readonly blobs: Pick<Blobs, 'put' | 'addressOf'>;
}

/** The address is used at once. */
const addressSeconds = 300;

/**
 * Keeps an answer that is too long for the way back, for a day at most; gives the address under which whoever has it can read it for five minutes,
 * undefined where there are no addresses.
 */
export const keepAnswer =
  ({ blobs }: KeepAnswerDeps) =>
  async (text: string): Promise<string | undefined> => {
    const key = `${answersFolder}${createHash('sha256').update(text).digest('hex')}.json.gz`;
    const address = await blobs.addressOf(key, { expiresSeconds: addressSeconds, gzip: true, fileName: 'answer.json' });
    if (address !== undefined) await blobs.put(key, await promisify(gzip)(text));
    return address;
  };
