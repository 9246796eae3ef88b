import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { callOf, type FileStream, type Statics } from './dotnet-io.ts';
import { integerOf, isTrue, type NetObject, NotKnown, numberOf, PsError, textOf } from './values.ts';

/** A command line as Windows programs read theirs (CommandLineToArgvW): written on its own, not from the code under test. */
export const splitCommandLine = (line: string): readonly string[] => {
  const args: string[] = [];
  let at = 0;
  while (at < line.length) {
    while (line[at] === ' ' || line[at] === '\t') at += 1;
    if (at >= line.length) break;
    let arg = '';
    let quoted = false;
    for (; at < line.length && (quoted || (line[at] !== ' ' && line[at] !== '\t')); at += 1) {
      let slashes = 0;
      while (line[at] === '\\') {
        slashes += 1;
        at += 1;
      }
      if (line[at] === '"') {
        arg += '\\'.repeat(Math.floor(slashes / 2));
        if (slashes % 2 === 1) arg += '"';
        else quoted = !quoted;
      } else {
        arg += '\\'.repeat(slashes);
        if (at >= line.length || (!quoted && (line[at] === ' ' || line[at] === '\t'))) break;
        arg += line[at];
      }
    }
    args.push(arg);
  }
  return args;
};

/** When a process was started, in clock ticks since boot, as .NET tells it by the file time; undefined when there is none. */
const startOf = (pid: number): bigint | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return fields[0] === 'Z' ? undefined : 133_000_000_000_000_000n + BigInt(fields[19] ?? '0');
  } catch {
    return undefined;
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    throw new PsError('There is no such process.');
  }
};

/** System.Diagnostics.Process by its id. */
export const processById = (id: unknown): NetObject => {
  const pid = integerOf(id);
  const start = startOf(pid);
  if (start === undefined) throw new PsError(`Process with an Id of ${pid} is not running.`);
  const time: NetObject = { type: 'DateTime', call: (name) => callOf({ tofiletimeutc: () => start }, name)() };
  return {
    type: 'Process',
    get: (name) => (name === 'starttime' ? time : pid),
    call: (name) => callOf({ kill: () => kill(pid) }, name)(),
  };
};

/** System.Diagnostics.ProcessStartInfo; names of variables are the same in capitals and small letters. */
export class StartInfo implements NetObject {
  readonly type = 'ProcessStartInfo';
  readonly fields = new Map<string, unknown>();
  readonly environment = new Map<string, readonly [string, string]>();

  constructor() {
    for (const [name, value = ''] of Object.entries(process.env))
      this.environment.set(name.toLowerCase(), [name, value]);
  }

  get(name: string): unknown {
    if (name !== 'environmentvariables') return this.fields.get(name) ?? '';
    return {
      type: 'StringDictionary',
      item: (key: unknown) => this.environment.get(textOf(key).toLowerCase())?.[1] ?? null,
      setItem: (key: unknown, value: unknown) => {
        const known = this.environment.get(textOf(key).toLowerCase());
        this.environment.set(textOf(key).toLowerCase(), [known?.[0] ?? textOf(key), textOf(value)]);
      },
    } satisfies NetObject;
  }

  set(name: string, value: unknown): void {
    this.fields.set(name, value);
  }
}

/** A stream of a process with CopyToAsync. It is read from the start: Node.js drops what nobody reads of a process that ended. */
const copying = (source: NodeJS.ReadableStream): NetObject => {
  const early: Buffer[] = [];
  let write = (chunk: Buffer): unknown => early.push(chunk);
  source.on('data', (chunk: Buffer) => write(chunk));
  const closed = new Promise<void>((resolve) => source.on('close', () => resolve()));
  const copyToAsync = (target: unknown) => {
    const { fd } = target as FileStream;
    write = (chunk) => {
      try {
        return writeSync(fd, chunk);
      } catch {
        // The file was closed: the wrapper waits no longer for what a process that was left behind prints.
        return 0;
      }
    };
    for (const chunk of early) write(chunk);
    return closed;
  };
  // A task is a value here and no promise: a promise would be waited for at once.
  return {
    type: 'Stream',
    call: (name, [target]) => callOf({ copytoasync: () => ({ task: copyToAsync(target) }) }, name)(),
  };
};

/** System.Diagnostics.Process.Start with streams of its own. */
export const startProcess = async (info: unknown): Promise<NetObject> => {
  if (!(info instanceof StartInfo)) throw new NotKnown('Process.Start of something else');
  const field = (name: string): unknown => info.fields.get(name);
  for (const name of ['redirectstandardinput', 'redirectstandardoutput', 'redirectstandarderror'])
    if (!isTrue(field(name))) throw new NotKnown(`${name} is not set`);
  if (field('useshellexecute') !== false) throw new NotKnown('UseShellExecute');
  const cwd = textOf(field('workingdirectory') ?? '');
  const child = spawn(textOf(field('filename')), splitCommandLine(textOf(field('arguments') ?? '')), {
    env: Object.fromEntries(info.environment.values()),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === '' ? {} : { cwd }),
  });
  const ended = new Promise<number>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? (signal ? -1 : 0))),
  );
  child.stdin.on('error', () => undefined);
  const streams = { standardoutput: copying(child.stdout), standarderror: copying(child.stderr) };
  await Promise.race([
    once(child, 'spawn'),
    once(child, 'error').then(([error]) => {
      throw new PsError(String(error));
    }),
  ]);
  let exitCode: number | undefined;
  void ended.then((code) => {
    exitCode = code;
  });
  const members: Statics = {
    waitforexit: async (ms) => {
      await Promise.race([ended, sleep(numberOf(ms))]);
      // The exit of a process is seen at the earliest in the next turn.
      return exitCode !== undefined;
    },
    kill: () => child.kill('SIGKILL'),
  };
  return {
    type: 'Process',
    get: (name) => {
      if (name === 'id') return child.pid;
      if (name === 'handle') return child.pid;
      if (name === 'exitcode') return exitCode;
      if (name === 'standardinput')
        return { type: 'StreamWriter', call: () => void child.stdin.end() } satisfies NetObject;
      if (name !== 'standardoutput' && name !== 'standarderror') throw new NotKnown(`Process.${name}`);
      return { type: 'StreamReader', get: () => streams[name] } satisfies NetObject;
    },
    call: (name, args) => callOf(members, name)(...args),
  };
};

const childrenOf = (parent: number): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/stat`)) return [];
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
      return Number(fields[1]) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

/** What TerminateJobObject and taskkill /T end: the process and its descendants. */
export const killTree = (pid: number): void => {
  for (const child of childrenOf(pid)) killTree(child);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
};

/** Waits for tasks, at most so long. */
export const waitAll = async (tasks: unknown, ms: unknown): Promise<boolean> => {
  const list: readonly { readonly task: Promise<void> }[] = Array.isArray(tasks) ? tasks : [];
  const all = Promise.all(list.map(({ task }) => task)).then(() => true);
  return Promise.race([all, sleep(numberOf(ms), false)]);
};

/** The class that the wrapper compiles: here it is this one, whatever the source says, and its source is looked at by another test. */
export const jobStatics = (): Statics => {
  let held: number | undefined;
  return {
    open: () => true,
    hold: (handle) => {
      held = integerOf(handle);
      return true;
    },
    kill: () => {
      if (held !== undefined) killTree(held);
    },
    release: () => {
      held = undefined;
    },
  };
};
