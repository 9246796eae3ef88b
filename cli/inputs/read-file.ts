import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { CliHost } from '../host.ts';

/** A file that was read, with the name to use in messages. */
export interface InputFile {
  readonly text: string;
  readonly fileName: string;
}

/**
 * Reads a text file; `-` is standard input.
 * @throws AppError `usage.invalid` when it cannot be read.
 */
export const readInputFile = async (host: Pick<CliHost, 'stdin'>, path: string): Promise<InputFile> => {
  if (path === '-') return { text: await host.stdin.readText(), fileName: 'standard input' };
  try {
    return { text: await readFile(path, 'utf8'), fileName: path };
  } catch (cause) {
    throw new AppError('usage.invalid', `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
};

const isMissing = (error: unknown): boolean => error instanceof AppError && isNoEntry(error.cause);

const isNoEntry = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';

/**
 * Reads a text file when there is one; `-` is standard input.
 * @throws AppError `usage.invalid` when it is there and cannot be read.
 */
export const readFileIfThere = async (host: Pick<CliHost, 'stdin'>, path: string): Promise<InputFile | undefined> => {
  try {
    return await readInputFile(host, path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};
