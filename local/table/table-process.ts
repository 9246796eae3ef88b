import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError } from '#shared/errors/app-error.ts';
import type { Log } from '#shared/ports/services.ts';
import { tableEnv } from './env.ts';
import { tableReportSchema } from './protocol.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** It holds little at a time: its heap grows in small steps. */
const heapSettings = ['--max-semi-space-size=8', '--heap-growing-percent=100', '--v8-pool-size=1'];

/** A table that dies now and then (out of memory) is started again; one that dies again and again is a fault to be seen. */
const mostCrashes = 20;
/** After this a table that does not come to an end is killed. */
const longestFarewellMs = 20_000;

/** The process of a table, as its owner sees it. */
export interface TableProcess {
  /** Port on the loopback; it stays the same when the process has to be started again. */
  readonly port: number;
  /** The process as it is now. */
  readonly pid: () => number | undefined;
  /** Lets it finish what it is writing and end. */
  close(): Promise<void>;
}

/** How to start a table's process. */
export interface TableProcessOptions {
  /** Folder of the database. */
  readonly path: string;
  /** Hears of a table that ended by itself: `table.restarted`, and `table.ended` when it is given up. */
  readonly log: Log;
}

/**
 * Starts the table in a process of its own. It ends with this one, also when this one is killed; when it ends by itself, another takes its
 * place on the same port, and callers see what they see of a cloud's table in such a case: refused connections, for a moment.
 * @throws AppError `local.locked` when the folder cannot be opened
 */
export const startTableProcess = async ({ path, log }: TableProcessOptions): Promise<TableProcess> => {
  let child = spawnTable(path, 0);
  let crashes = 0;
  let closing = false;
  const port = await portOf(child, path);
  const watch = (): void => {
    const ended = (reason: string): void => {
      if (closing) return;
      crashes += 1;
      if (crashes > mostCrashes) {
        log.error('table.ended', { path, reason });
        return;
      }
      log.warn('table.restarted', { path, reason });
      child = spawnTable(path, port);
      watch();
    };
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    child.once('error', (error) => ended(error.message));
  };
  watch();
  return {
    port,
    pid: () => child.pid,
    close: () => {
      closing = true;
      return stop(child);
    },
  };
};

const spawnTable = (path: string, port: number): ChildProcess =>
  spawn(process.execPath, [...heapSettings, MAIN, path, String(port), String(process.pid)], {
    env: tableEnv(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

const portOf = async (child: ChildProcess, path: string): Promise<number> => {
  const report = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(lockedError(path, `its process ended (${signal ?? code})`)));
  });
  const said = tableReportSchema.parse(report);
  if ('refused' in said) throw lockedError(path, said.refused);
  return said.port;
};

const lockedError = (path: string, reason: string): AppError =>
  new AppError('local.locked', `The local cloud in ${path} cannot be opened: ${reason}`, {
    hint: 'Another drover process probably has it open. Use that one (drover local up serves it), wait for it to end, or give another --state-dir.',
  });

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const deadline = setTimeout(() => child.kill('SIGKILL'), longestFarewellMs);
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(deadline);
};
