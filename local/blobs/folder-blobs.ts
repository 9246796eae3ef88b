import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { AppError } from '#shared/errors/app-error.ts';
import type { Blobs } from '#shared/ports/services.ts';

/**
 * Blobs as files in a folder. A blob is written beside its place and moved there, so that a reader never sees half of one.
 * @throws AppError `internal.bug` for a key that leads out of the folder
 */
export const createFolderBlobs = (dir: string): Blobs => {
  let writes = 0;
  const known = new Set<string>();
  const placeOf = (key: string): string => {
    const place = normalize(join(dir, key));
    if (!place.startsWith(normalize(dir) + sep))
      throw new AppError('internal.bug', `Blob key ${key} leads out of its folder`);
    return place;
  };
  const ensureFolder = async (folder: string): Promise<void> => {
    if (known.has(folder)) return;
    await mkdir(folder, { recursive: true });
    known.add(folder);
  };
  return {
    put: async (key, bytes) => {
      const place = placeOf(key);
      await ensureFolder(dirname(place));
      writes += 1;
      const draft = `${place}.${process.pid}.${writes}.part`;
      await writeFile(draft, bytes);
      await rename(draft, place);
    },
    get: async (key) => {
      try {
        return await readFile(placeOf(key));
      } catch (cause) {
        throw new AppError('blob.not-found', `There is no blob ${key}`, { cause });
      }
    },
  };
};
