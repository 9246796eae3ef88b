import { writeFile } from 'node:fs/promises';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/**
 * Writes a text file that a flag names.
 * @throws AppError `usage.invalid` when it cannot be written.
 */
export const writeTextFile = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new AppError('usage.invalid', `Cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
};
