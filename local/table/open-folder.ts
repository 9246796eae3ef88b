import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Level } from 'level';
import { messageOf } from '#shared/errors/app-error.ts';
import { makeIteratorsClose } from './closing-iterators.ts';

/** How long a table whose owner is dead may take to let go of its folder: it finishes what it was writing. */
const longestFarewellMs = 15_000;
const betweenTriesMs = 25;

/**
 * Makes sure that the folder of a table can be opened, by opening it once: dynalite throws where nobody can catch it. A folder that the table
 * of a killed process still holds is waited for; one that a living process holds is not.
 * @returns why it cannot be opened, or undefined
 */
export const whyNotOpen = async (path: string, clock: () => number): Promise<string | undefined> => {
  const untilMs = clock() + longestFarewellMs;
  for (;;) {
    const database = new Level(path);
    try {
      await database.open();
      makeIteratorsClose(database);
      await database.close();
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.cause : undefined;
      if (!isLocked(reason)) return messageOf(reason ?? error);
      if ((await isOwned(path)) || clock() > untilMs) return 'it is locked';
      await wait(betweenTriesMs);
    }
  }
};

/** Notes on whose behalf the folder is open now. */
export const noteOwner = (path: string, pid: number): Promise<void> => writeFile(ownerFile(path), String(pid));

const ownerFile = (path: string): string => `${path}.owner`;

const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'LEVEL_LOCKED';

/** True while the process lives that the table in this folder belongs to. */
const isOwned = async (path: string): Promise<boolean> => {
  try {
    const pid = Number(await readFile(ownerFile(path), 'utf8'));
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // Of another user, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
