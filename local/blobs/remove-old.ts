import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What is too old. Milliseconds. */
export interface OldBlobs {
  readonly prefix: string;
  readonly olderThanMs: number;
  readonly now: number;
  /** Ends it between two blobs. */
  readonly signal?: AbortSignal | undefined;
}

/** Removes what was put below a prefix longer ago than that, as the lifecycle rules of a bucket do. */
export const removeOldBlobs = async (dir: string, { prefix, olderThanMs, now, signal }: OldBlobs): Promise<void> => {
  const entries = await readdir(join(dir, prefix), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isFile())) {
    if (signal?.aborted) return;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > olderThanMs) await rm(path, { force: true });
  }
};
