import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { AppError } from '#shared/errors/app-error.ts';

/** Rights of group and others. */
const openToOthers = 0o077;

/** Longest content of a file with a secret. */
const longestBytes = 1_048_576;

/**
 * Reads a file that is ours alone: a regular file of this process's user, with no rights for anybody else (0600).
 * @throws AppError `config.invalid` when it is not; the system's error when it cannot be opened
 */
export const readOwnFile = (path: string): string => {
  // A pipe or device would keep the server waiting.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { mode, uid, size } = fstatSync(file);
    const problem = problemOf({ isFile: (mode & constants.S_IFMT) === constants.S_IFREG, mode, uid, size });
    if (problem !== undefined)
      throw new AppError('config.invalid', `${path} ${problem}`, {
        hint: `Secrets are read only from files that nobody else can read: chmod 600 ${path}`,
      });
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
};

const problemOf = (file: {
  readonly isFile: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
}): string | undefined => {
  if (!file.isFile) return 'is not a file';
  if (file.uid !== userInfo().uid) return 'belongs to another user';
  if ((file.mode & openToOthers) !== 0)
    return `can be read or changed by others (mode ${(file.mode & 0o777).toString(8)})`;
  return file.size > longestBytes ? `has more than ${longestBytes} bytes` : undefined;
};
