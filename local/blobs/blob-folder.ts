import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#shared/errors/app-error.ts';

/** Files by key in a folder. What is written appears at once and whole: it is written beside its place and moved there. */
export interface BlobFolder {
  /** @throws AppError `internal.bug` for a key that leads out of the folder; so do the others */
  placeOf(key: string): string;
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes what comes; nothing is left when the source throws. */
  writeStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes of a blob; undefined when it is not there. */
  size(key: string): Promise<number | undefined>;
  /** The bytes from `start`, at most `length` of them. */
  stream(key: string, start: number, length?: number): AsyncIterable<Uint8Array>;
}

/** Blobs as files in a folder, which need not be there yet. */
export const openBlobFolder = (dir: string): BlobFolder => {
  let writes = 0;
  const known = new Set<string>();
  const placeOf = (key: string): string => {
    const place = normalize(join(dir, key));
    if (!place.startsWith(normalize(dir) + sep))
      throw new AppError('internal.bug', `Blob key ${key} leads out of its folder`);
    return place;
  };
  const draftOf = async (place: string): Promise<string> => {
    const folder = dirname(place);
    if (!known.has(folder)) {
      await mkdir(folder, { recursive: true });
      known.add(folder);
    }
    writes += 1;
    return `${place}.${process.pid}.${writes}.part`;
  };
  return {
    placeOf,
    write: async (key, bytes) => {
      const place = placeOf(key);
      const draft = await draftOf(place);
      await writeFile(draft, bytes);
      await rename(draft, place);
    },
    writeStream: async (key, chunks) => {
      const place = placeOf(key);
      const draft = await draftOf(place);
      // Opened before anything can fail: a stream that opens its file itself may do so after that was removed.
      const file = await open(draft, 'w');
      try {
        await pipeline(chunks, file.createWriteStream());
        await rename(draft, place);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    size: async (key) => {
      try {
        return (await stat(placeOf(key))).size;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    stream: (key, start, length) =>
      createReadStream(placeOf(key), { start, ...(length === undefined ? {} : { end: start + length - 1 }) }),
  };
};
