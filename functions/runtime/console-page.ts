import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { indexFile, makePage, type Page, type PageFile } from '#functions/console/page.ts';
import { AppError } from '#shared/errors/app-error.ts';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const filesBelow = async (dir: string): Promise<readonly PageFile[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    paths.map(async (path) => ({ path: relative(dir, path).split(sep).join('/'), bytes: await readFile(path) })),
  );
};

const readPage = async (dir: string): Promise<Page | undefined> => {
  try {
    return makePage(await filesBelow(dir));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/**
 * The page in a folder, read once it is asked for and then kept. The returned function throws AppError `console.not-built` as long as there is none.
 */
export const openConsolePage = (dir: string): (() => Promise<Page>) => {
  let kept: Page | undefined;
  return async () => {
    kept ??= await readPage(dir);
    if (kept !== undefined) return kept;
    throw new AppError('console.not-built', `The web console is not built: ${join(dir, indexFile)} is missing`, {
      hint: 'Build it with: npm run build',
    });
  };
};
