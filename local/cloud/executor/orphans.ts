import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEnd, SpawnerFileLine } from '../spawner/protocol.ts';

/** What an earlier server's spawner has to say. */
export interface OrphanView {
  readonly spawner: string;
  /** Undefined when it died without a word: nobody knows then which of its runs started. */
  readonly held: ReadonlyMap<string, number> | undefined;
  readonly ends: ReadonlyMap<string, RunEnd>;
  readonly done: boolean;
  /** True while its process lives. */
  readonly alive: boolean;
}

const SUFFIX = '.jsonl';

/** Files of all spawners that did not end in an orderly way. */
export const listOrphans = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
    : [];

/** The file of one spawner. */
export const spawnerFilePath = (dir: string, spawner: string): string => join(dir, `${spawner}${SUFFIX}`);

/** Reads a spawner's file as far as it is written. */
export const readOrphan = (dir: string, spawner: string): OrphanView => {
  const hello = readSpawnerFile(dir, spawner).find((line) => line.t === 'hello');
  // Whether it lives is asked before the file is read for good: what it wrote last must not be missed.
  const alive = hello === undefined || isAlive(hello.pid);
  const lines = readSpawnerFile(dir, spawner);
  const held = lines.find((line) => line.t === 'held');
  return {
    spawner,
    held: held === undefined ? undefined : new Map(held.runs.map(({ run, pid }) => [run, pid])),
    ends: new Map(lines.flatMap((line) => (line.t === 'end' ? [[line.run, line] as const] : []))),
    done: lines.some((line) => line.t === 'done'),
    alive,
  };
};

const readSpawnerFile = (dir: string, spawner: string): readonly SpawnerFileLine[] => {
  const text = readFileSync(spawnerFilePath(dir, spawner), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

/** Removes the file of a spawner of which everything is known. */
export const forgetOrphan = (dir: string, spawner: string): void =>
  rmSync(spawnerFilePath(dir, spawner), { force: true });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
