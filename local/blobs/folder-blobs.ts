import { readFile, rm } from 'node:fs/promises';
import { signUploadForm } from '#functions/adapters/s3/post-policy.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { type BlobAccess, localBucket, signedPath } from './blob-access.ts';
import { openBlobFolder } from './blob-folder.ts';

async function* nothing(): AsyncGenerator<Uint8Array> {}

/**
 * Blobs as files in a folder. A blob is written beside its place and moved there, so that a reader never sees half of one. With `access`, the
 * server of blob-server.ts takes uploads for it and answers reads.
 * @throws AppError `internal.bug` for a key that leads out of the folder
 */
export const createFolderBlobs = (dir: string, access?: BlobAccess): Blobs => {
  const folder = openBlobFolder(dir);
  const notThere = (key: string, cause?: unknown): AppError =>
    new AppError('blob.not-found', `There is no blob ${key}`, { cause });
  return {
    put: (key, bytes) => folder.write(key, bytes),
    get: async (key) => {
      try {
        return await readFile(folder.placeOf(key));
      } catch (cause) {
        throw notThere(key, cause);
      }
    },
    read: async (key, { start, length } = { start: 0 }) => {
      const totalBytes = await folder.size(key);
      if (totalBytes === undefined) throw notThere(key);
      const isEmpty = length === 0 || start >= totalBytes;
      return { totalBytes, chunks: isEmpty ? nothing() : folder.stream(key, start, length) };
    },
    remove: (key) => rm(folder.placeOf(key), { force: true }),
    removeBelow: (prefix) => rm(folder.placeOf(prefix), { recursive: true, force: true }),
    size: (key) => folder.size(key),
    allowUploads: async (grant) => {
      if (access === undefined) return undefined;
      const place = { url: `${access.url}/${localBucket}`, bucket: localBucket, keyPrefix: '' };
      return signUploadForm({ accessKeyId: 'local', secretAccessKey: access.secret, region: 'local' }, place, grant);
    },
    addressOf: async (key, { expiresSeconds, gzip, fileName }) => {
      if (access === undefined) return undefined;
      const expires = Math.floor(access.now() / 1000) + expiresSeconds;
      return `${access.url}${signedPath(access.secret, { key, expires, gzip, fileName })}`;
    },
  };
};
