import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/** Larger files are no scripts, and could not be sent. */
const mostBytes = 1_048_576;

/**
 * The text files below a folder, by path relative to it with `/` between; binaries and files over 1 MiB are left out.
 * @throws AppError `usage.invalid` when the folder cannot be read.
 */
export const readScripts = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const scripts = new Map<string, string>();
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      if (bytes.length > mostBytes || bytes.includes(0)) continue;
      scripts.set(relative(folder, path).split(sep).join('/'), bytes.toString('utf8'));
    }
    return scripts;
  } catch (cause) {
    throw new AppError('usage.invalid', `Cannot read the scripts in ${folder}: ${messageOf(cause)}`, { cause });
  }
};
