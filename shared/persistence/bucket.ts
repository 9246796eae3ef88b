/** Folders of the bucket: starts of the keys in it. */
export const bucketFolders = {
  /** What belongs to runs; it expires. */
  runs: 'blobs/',
  /** Contents of commands and jobs of the library; they never expire. */
  library: 'library/',
} as const;
