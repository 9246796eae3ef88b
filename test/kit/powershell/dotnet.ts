import { statSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { aes, gzipStream, regex, sha256, stringDictionary } from './dotnet-crypto.ts';
import { attempt, callOf, directoryStatics, fileStatics, nullString, pathStatics, type Statics } from './dotnet-io.ts';
import { errorRecord, streamReader, webRequest } from './dotnet-net.ts';
import { jobStatics, killTree, processById, StartInfo, startProcess, waitAll } from './dotnet-process.ts';
import type { World } from './interpreter.ts';
import { Char, integerOf, type NetObject, NotKnown, numberOf, PsError, textOf } from './values.ts';

const bytesOf = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  throw new NotKnown('bytes that went through a pipeline');
};

const encoding = (
  name: 'utf8' | 'latin1' | 'utf16le',
  mark = false,
  strict = false,
): NetObject & { readonly mark: boolean } => ({
  type: 'Encoding',
  mark,
  call: (member, args) =>
    callOf(
      {
        getbytes: (text) => {
          const bytes = Buffer.from(textOf(text), name);
          return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
        },
        getstring: (bytes, index = 0, count = bytesOf(bytes).length) => {
          if (strict) attempt(() => new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(bytes)));
          return Buffer.from(bytesOf(bytes)).toString(name, integerOf(index), integerOf(index) + integerOf(count));
        },
      },
      member,
    )(...args),
});

const seconds = (get: () => number): NetObject => ({
  type: 'TimeSpan',
  get: (name) => {
    if (name !== 'totalseconds') throw new NotKnown(`TimeSpan.${name}`);
    return get();
  },
});

const stopwatch = (): NetObject => {
  const began = performance.now();
  return { type: 'Stopwatch', get: () => seconds(() => (performance.now() - began) / 1000) };
};

/** Text of a number by a format of .NET, of those that are used. */
const formatted = (value: number, format: unknown): string => {
  if (format === '0.00') return value.toFixed(2);
  if (format === '0') return value.toFixed(0);
  throw new NotKnown(`format ${textOf(format)}`);
};

const trimSet = (set: unknown): string => (set === undefined ? ' \t\r\n' : textOf(set));

const textMembers = (text: string): Statics => ({
  // With characters, or a text of one, as the wrapper does.
  split: (separator) => {
    if (textOf(separator).length !== 1) throw new NotKnown('splitting at a text');
    return text.split(textOf(separator));
  },
  replace: (what, by) => (textOf(what) === '' ? text : text.replaceAll(textOf(what), () => textOf(by))),
  contains: (part) => text.includes(textOf(part)),
  substring: (from, count = text.length - integerOf(from)) => {
    const end = integerOf(from) + integerOf(count);
    if (integerOf(count) < 0 || end > text.length)
      throw new PsError('startIndex cannot be larger than length of string.');
    return text.slice(integerOf(from), end);
  },
  tolowerinvariant: () => text.toLowerCase(),
  startswith: (part, comparison) => {
    if (comparison !== 'Ordinal') throw new NotKnown('a comparison by culture');
    return text.startsWith(textOf(part));
  },
  endswith: (part, comparison) => {
    if (comparison !== 'Ordinal') throw new NotKnown('a comparison by culture');
    return text.endsWith(textOf(part));
  },
  trim: (set) => text.replace(new RegExp(`^[${escaped(trimSet(set))}]+|[${escaped(trimSet(set))}]+$`, 'g'), ''),
  trimstart: (set) => text.replace(new RegExp(`^[${escaped(trimSet(set))}]+`), ''),
});

const escaped = (set: string): string => set.replaceAll(/[\]\\^-]/g, '\\$&');

/** The system as a Windows that has its programs in folders of the PATH, with `.exe`, and slashes in its paths. */
export const createWorld = (environment: NodeJS.ProcessEnv, psHome: string): World => {
  const job = jobStatics();
  let jobIsThere = false;
  const statics: Readonly<Record<string, Statics>> = {
    'io.file': fileStatics,
    'io.directory': directoryStatics,
    'io.path': pathStatics,
    'text.encoding': { getencoding: (page) => (page === 28591 ? encoding('latin1') : unknown(`code page ${page}`)) },
    convert: {
      frombase64string: (text) => new Uint8Array(Buffer.from(textOf(text), 'base64')),
      tobase64string: (bytes) => Buffer.from(bytesOf(bytes)).toString('base64'),
    },
    bitconverter: {
      tostring: (bytes) =>
        Array.from(bytesOf(bytes), (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('-'),
    },
    'security.cryptography.sha256': { create: sha256 },
    'security.cryptography.aes': { create: aes },
    'net.webrequest': { create: webRequest },
    math: {
      floor: (value) => Math.floor(numberOf(value)),
      min: (a, b) => Math.min(numberOf(a), numberOf(b)),
      max: (a, b) => Math.max(numberOf(a), numberOf(b)),
    },
    console: {
      openstandardoutput: (): NetObject => ({
        type: 'Stream',
        call: (name, [bytes, from, count]) =>
          callOf(
            {
              write: () => {
                const all = bytesOf(bytes).subarray(integerOf(from), integerOf(from) + integerOf(count));
                for (let done = 0; done < all.length; ) done += writeSync(1, all, done);
              },
              flush: () => undefined,
            },
            name,
          )(),
      }),
    },
    environment: { getfolderpath: () => environment['LOCALAPPDATA'] ?? '' },
    'diagnostics.stopwatch': { startnew: stopwatch },
    'diagnostics.process': { start: startProcess, getprocessbyid: processById },
    'threading.tasks.task': { waitall: waitAll },
    droverjob: job,
  };
  const properties: Readonly<Record<string, () => unknown>> = {
    'text.encoding utf8': () => encoding('utf8'),
    'text.encoding unicode': () => encoding('utf16le'),
    'globalization.cultureinfo invariantculture': () => 'invariant',
    'stringcomparison ordinal': () => 'Ordinal',
    'io.path directoryseparatorchar': () => new Char(92),
    'io.path pathseparator': () => new Char(59),
    'environment systemdirectory': () => psHome,
    'environment currentdirectory': () => process.cwd(),
    'net.servicepointmanager securityprotocol': () => 0,
    'io.compression.compressionmode compress': () => 'Compress',
    'nullstring value': () => nullString,
    'datetime utcnow': () => Date.now(),
  };
  return {
    staticGet: (type, name) => (properties[`${type} ${name}`] ?? (() => unknown(`[${type}]::${name}`)))(),
    staticSet: (type, name) => {
      if (!['console outputencoding', 'net.servicepointmanager securityprotocol'].includes(`${type} ${name}`))
        unknown(`[${type}]::${name}`);
    },
    staticCall: (type, name, args) => {
      if (type === 'droverjob' && !jobIsThere) throw new PsError('Unable to find type [DroverJob].');
      return callOf(statics[type] ?? {}, name)(...args);
    },
    create: () => unknown('create'),
    get: (value, name) => {
      if (name === 'length' && (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array))
        return value.length;
      // Times are milliseconds, and so are their differences.
      if (name === 'totalseconds' && typeof value === 'number') return value / 1000;
      return unknown(`.${name}`);
    },
    call: (value, name, args) => {
      if (typeof value === 'number' && name === 'tostring') return formatted(value, args[0]);
      if (typeof value === 'number' && name === 'adddays') return value + numberOf(args[0]) * 86_400_000;
      if (typeof value === 'string') return callOf(textMembers(value), name)(...args);
      return unknown(`.${name}()`);
    },
    command: async (name, args) => {
      if (name === 'new-object') return attempt(() => create(textOf(args[0]).toLowerCase(), args.slice(1)));
      if (name === 'start-sleep' && args[0] === '-Milliseconds') return void (await sleep(numberOf(args[1])));
      if (name === 'add-type' && args[0] === '-TypeDefinition') {
        if (environment['NO_ADD_TYPE'] !== undefined) throw new PsError('Add-Type is not allowed.');
        jobIsThere = true;
        return undefined;
      }
      if (name.endsWith('taskkill.exe')) return killTree(integerOf(args[3]));
      throw new PsError(`The term '${name}' is not recognized.`);
    },
    errorRecord,
    environment: (name) => {
      const found = Object.keys(environment).find((one) => one.toLowerCase() === name.toLowerCase());
      return found === undefined ? null : environment[found];
    },
    variable: (name) => ({ true: true, false: false, null: null, pid: process.pid, pshome: psHome })[name],
  };
};

const create = (type: string, args: readonly unknown[]): unknown => {
  switch (type) {
    case 'text.utf8encoding': {
      const [mark, strict] = args.flat();
      return encoding('utf8', mark === true, strict === true);
    }
    case 'text.regularexpressions.regex':
      return regex(args[0]);
    case 'collections.specialized.stringdictionary':
      return stringDictionary();
    case 'io.compression.gzipstream': {
      const [target, mode] = args.flat();
      return gzipStream(target, mode);
    }
    case 'io.streamreader':
      return streamReader(args.flat()[0]);
    case 'datetime':
      return Date.UTC(integerOf([args[0]].flat()[0]), 0, 1);
    case 'byte[]':
      return new Uint8Array(integerOf(args[0]));
    case 'io.fileinfo':
      return { type: 'FileInfo', get: () => statSync(textOf(args[0])).size } satisfies NetObject;
    case 'diagnostics.processstartinfo':
      return new StartInfo();
    default:
      return unknown(`New-Object ${type}`);
  }
};

const unknown = (what: string): never => {
  throw new NotKnown(what);
};
