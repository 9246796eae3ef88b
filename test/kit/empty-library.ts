import type { LibraryReadDeps } from '#functions/records/library.ts';
import { createMemoryBlobs } from './memory-blobs.ts';

/** A library without anything in it. */
export const emptyLibrary = (): LibraryReadDeps => ({
  store: {
    latestChange: async () => undefined,
    getChange: async () => undefined,
    listNames: async () => ({ items: [] }),
    findVersions: async () => [],
  },
  libraryBlobs: createMemoryBlobs(),
});
