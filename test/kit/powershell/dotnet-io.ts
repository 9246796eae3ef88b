import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { integerOf, type NetObject, NotKnown, PsError, textOf } from './values.ts';

/** What a call of .NET does; a failing system call is an exception that the script can catch. */
export type Statics = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

export const attempt = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    if (error instanceof NotKnown || error instanceof PsError) throw error;
    throw new PsError(error instanceof Error ? error.message : String(error));
  }
};

const flags: Readonly<Record<string, string>> = {
  'open read': 'r',
  'createnew write': 'wx',
  'append write': 'a',
  'create write': 'w',
};

/** System.IO.FileStream. `fd` is for the runtime's own copying. */
export interface FileStream extends NetObject {
  readonly fd: number;
  readonly path: string;
}

const openFile = (path: unknown, mode: unknown, access: unknown): FileStream => {
  const flag = flags[`${textOf(mode)} ${textOf(access)}`.toLowerCase()];
  if (flag === undefined) throw new NotKnown(`opening ${textOf(mode)} ${textOf(access)}`);
  const fd = attempt(() => openSync(textOf(path), flag, 0o600));
  let position = 0;
  let closed = false;
  const bytesOf = (value: unknown): Uint8Array => {
    if (value instanceof Uint8Array) return value;
    throw new NotKnown('bytes that went through a pipeline');
  };
  const members: Statics = {
    seek: (offset, origin) => {
      if (textOf(origin) !== 'Begin') throw new NotKnown('origin');
      position = integerOf(offset);
      return position;
    },
    read: (buffer, offset, count) => {
      const got = attempt(() => readSync(fd, bytesOf(buffer), integerOf(offset), integerOf(count), position));
      position += got;
      return got;
    },
    write: (buffer, offset, count) => {
      attempt(() => writeSync(fd, bytesOf(buffer), integerOf(offset), integerOf(count)));
    },
    copyto: (target) => {
      if (
        typeof target !== 'object' ||
        target === null ||
        !('compress' in target) ||
        typeof target.compress !== 'function'
      )
        throw new NotKnown('CopyTo');
      target.compress(readFileSync(textOf(path)));
    },
    dispose: () => {
      if (!closed) attempt(() => closeSync(fd));
      closed = true;
    },
  };
  return {
    type: 'System.IO.FileStream',
    fd,
    path: textOf(path),
    call: (name, args) => callOf(members, name)(...args),
  };
};

/** A member of an object, or an error that names it. */
export const callOf = (members: Statics, name: string): ((...args: readonly unknown[]) => unknown) => {
  const member = members[name];
  if (member === undefined) throw new NotKnown(`the member ${name}`);
  return member;
};

/** What a text that is missing must be given as: PowerShell makes an empty text of `$null`. */
export const nullString = Symbol('null');

export const fileStatics: Statics = {
  open: (path, mode, access) => openFile(path, mode, access),
  exists: (path) => existsSync(textOf(path)) && statSync(textOf(path)).isFile(),
  writealltext: (path, text, encoding) =>
    attempt(() => {
      const mark = (encoding as { readonly mark?: boolean } | undefined)?.mark === true ? '\uFEFF' : '';
      const fd = openSync(textOf(path), 'w', 0o600);
      writeFileSync(fd, mark + textOf(text));
      fsyncSync(fd);
      closeSync(fd);
    }),
  delete: (path) => attempt(() => rmSync(textOf(path), { force: true })),
  copy: (from, to) => attempt(() => copyFileSync(textOf(from), textOf(to))),
  move: (from, to) =>
    attempt(() => {
      if (existsSync(textOf(to))) throw new PsError('Cannot create a file when that file already exists.');
      renameSync(textOf(from), textOf(to));
    }),
  replace: (from, to, backup) =>
    attempt(() => {
      if (backup !== nullString) throw new PsError('The path is empty.');
      if (!existsSync(textOf(to))) throw new PsError('Unable to find the specified file.');
      renameSync(textOf(from), textOf(to));
    }),
  getlastwritetimeutc: (path) => attempt(() => statSync(textOf(path)).mtimeMs),
};

export const directoryStatics: Statics = {
  exists: (path) => existsSync(textOf(path)) && statSync(textOf(path)).isDirectory(),
  createdirectory: (path) => attempt(() => mkdirSync(textOf(path), { recursive: true, mode: 0o700 })) ?? textOf(path),
  getfiles: (path) =>
    attempt(() =>
      readdirSync(textOf(path), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(textOf(path), entry.name)),
    ),
  getdirectories: (path) =>
    attempt(() =>
      readdirSync(textOf(path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(textOf(path), entry.name)),
    ),
  getlastwritetimeutc: (path) => attempt(() => statSync(textOf(path)).mtimeMs),
  delete: (path, recursive) => attempt(() => rmSync(textOf(path), { recursive: recursive === true })),
};

export const pathStatics: Statics = {
  // An absolute second part takes the place of the first.
  combine: (first, second) => (isAbsolute(textOf(second)) ? textOf(second) : join(textOf(first), textOf(second))),
  ispathrooted: (path) => isAbsolute(textOf(path)),
};
