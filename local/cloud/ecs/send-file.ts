import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** A file to be put on instances (SendFile). */
export interface FileOrder {
  readonly name: string;
  readonly targetDir: string;
  readonly content: Buffer;
  /** Octal text such as 0644. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly overwrite: boolean;
}

/** What came of it on one instance. */
export interface FileOutcome {
  readonly status: 'Success' | 'Failed';
  readonly errorCode: string;
  readonly errorInfo: string;
}

const failed = (errorCode: string, errorInfo: string): FileOutcome => ({ status: 'Failed', errorCode, errorInfo });

/**
 * Writes a file where a command of the instance would find it: an absolute folder is one of this machine, as it is for commands, and a
 * relative one lies in the instance's own folder. It belongs to whoever runs the local cloud, whichever existing owner was asked for.
 */
export const writeInstanceFile = (instanceDir: string, order: FileOrder, users: readonly string[]): FileOutcome => {
  if (order.name === '' || order.name.includes('/') || order.name.includes('\0'))
    return failed('FileNameInvalid', 'The name is not valid.');
  if (!/^0?[0-7]{3}$/.test(order.mode)) return failed('FileAuthorityInvalid', 'The mode is not valid.');
  if (!users.includes(order.owner) || !users.includes(order.group))
    return failed('UserGroupNotExists', 'No such user or group.');
  const folder = isAbsolute(order.targetDir) ? order.targetDir : resolve(instanceDir, order.targetDir);
  if (!isAbsolute(order.targetDir) && !`${folder}/`.startsWith(`${resolve(instanceDir)}/`)) {
    return failed('FilePathInvalid', 'The folder leaves the instance.');
  }
  const path = join(folder, order.name);
  if (existsSync(path) && !order.overwrite) return failed('FileAlreadyExists', 'The file exists.');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, order.content);
    chmodSync(path, Number.parseInt(order.mode, 8));
  } catch (cause) {
    return failed('FileCreateFail', String(cause));
  }
  return { status: 'Success', errorCode: '', errorInfo: '' };
};
