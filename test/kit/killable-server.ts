import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient, type DroverClient } from '#shared/client/client.ts';

/** `drover local up` as its user starts it, which can be killed and started again on the same folder. */
export interface KillableServer {
  /** Starts it; a client that speaks to it. */
  up(): Promise<DroverClient>;
  /** kill -9 of the server alone, or of its whole process group. */
  kill(target: 'server' | 'everything'): Promise<void>;
  /** Ends it as Ctrl-C does, if it is up. */
  down(): Promise<void>;
}

const startMs = 60_000;

/** A server on a folder that has a `fleet.yaml`. */
export const killableServer = (dir: string): KillableServer => {
  const state = join(dir, 'server.json');
  let server: ChildProcess | undefined;
  const isUp = (): boolean => server !== undefined && server.exitCode === null && server.signalCode === null;
  return {
    up: async () => {
      rmSync(state, { force: true });
      const args = ['cli/main.ts', 'local', 'up', '--state-dir', dir, '--fleet', join(dir, 'fleet.yaml')];
      server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
      const until = performance.now() + startMs;
      while (!existsSync(state)) {
        if (!isUp()) throw new Error('The server ended while it started');
        if (performance.now() > until) throw new Error('The server did not start');
        await setTimeout(20);
      }
      const { url } = JSON.parse(readFileSync(state, 'utf8')) as { readonly url: string };
      return createClient({ baseUrl: url, fetch, token: readFileSync(join(dir, 'token'), 'utf8') });
    },
    kill: async (target) => {
      if (server?.pid === undefined || !isUp()) return;
      const gone = once(server, 'exit');
      process.kill(target === 'server' ? server.pid : -server.pid, 'SIGKILL');
      await gone;
    },
    down: async () => {
      if (server === undefined || !isUp()) return;
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    },
  };
};
