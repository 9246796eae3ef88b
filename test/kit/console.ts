import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalApp, openLocalApp } from '#local/local-app.ts';
import { type ServedApp, serveApp } from '#local/serve-app.ts';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import { hostsFleet } from './fleet.ts';
import { silentLog } from './system.ts';

const consoleRoot = fileURLToPath(new URL('../../console', import.meta.url));

/** A local cloud that serves the console as it is in this tree. */
export interface ServedConsole {
  /** Address of a path of the console, signed in. */
  link(path: string): string;
  /** What the page speaks to. */
  readonly client: DroverClient;
  readonly local: LocalApp;
}

/** Builds the page into a folder. */
export const buildConsole = async (outDir: string): Promise<void> => {
  await build({ root: consoleRoot, logLevel: 'error', build: { outDir } });
};

/** Builds the page and serves it on a local cloud of so many hosts (`h-1`, `h-2`, …), for the tests of a file. */
export const useConsole = ({ hosts }: { readonly hosts: number }): (() => ServedConsole) => {
  let dir: string;
  let local: LocalApp;
  let served: ServedApp;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'drover-page-'));
    const consoleDir = join(dir, 'page');
    await buildConsole(consoleDir);
    local = await openLocalApp({
      ...{ stateDir: join(dir, 'local'), fleet: parseFleet(hostsFleet(hosts), 'fleet of the test') },
      ...{ version: '1.2.3', actor: 'ada', consoleDir, log: silentLog },
    });
    served = await serveApp(local, { dir, port: 0, pid: process.pid });
  });
  afterAll(async () => {
    await served.close();
    await local.close();
    await rm(dir, { recursive: true, force: true });
  });
  return () => ({
    link: (path) => `${served.url}/console${path}#token=${local.token}`,
    client: createClient({ baseUrl: served.url, fetch, token: local.token }),
    local,
  });
};
