import { Readable } from 'node:stream';
import { AppError } from '#shared/errors/app-error.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** Blobs in memory. */
export interface MemoryBlobs extends Blobs {
  /** Undefined unless a test gives forms. */
  allowUploads: Blobs['allowUploads'];
  addressOf: Blobs['addressOf'];
  /** Keys that were read, once per read. */
  readonly reads: string[];
  readonly keys: () => readonly string[];
  /** Lets a blob expire. */
  readonly forget: (key: string) => void;
}

/** Empty blobs. */
export const createMemoryBlobs = (): MemoryBlobs => {
  const find = (key: string): Uint8Array => {
    const bytes = kept.get(key);
    if (!bytes) throw new AppError('blob.not-found', `There is no blob ${key}`);
    return bytes;
  };
  const kept = new Map<string, Uint8Array>();
  const reads: string[] = [];
  return {
    reads,
    keys: () => [...kept.keys()],
    forget: (key) => kept.delete(key),
    put: async (key, bytes) => {
      kept.set(key, bytes);
    },
    get: async (key) => {
      reads.push(key);
      return find(key);
    },
    read: async (key, { start, length } = { start: 0 }) => {
      const bytes = find(key);
      const part = bytes.subarray(start, length === undefined ? undefined : start + length);
      return { totalBytes: bytes.length, chunks: Readable.from(part.length === 0 ? [] : [part]) };
    },
    remove: async (key) => {
      kept.delete(key);
    },
    removeBelow: async (prefix) => {
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    },
    size: async (key) => kept.get(key)?.length,
    allowUploads: async () => undefined,
    addressOf: async (key) => `memory:/${key}`,
  };
};
