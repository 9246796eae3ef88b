import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what was put below a prefix longer ago than that, as the lifecycle rules of a bucket do. Milliseconds. */
export const removeOldBlobs = async (
  dir: string,
  { prefix, olderThanMs, now }: { readonly prefix: string; readonly olderThanMs: number; readonly now: number },
): Promise<void> => {
  const entries = await readdir(join(dir, prefix), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > olderThanMs) await rm(path, { force: true });
  }
};
