import { userInfo } from 'node:os';
import { type LocalApp, openLocalApp, quietLog } from '#local/local-app.ts';
import { readFleet } from '#local/read-fleet.ts';
import type { EmbeddedOptions, OpenEmbedded } from './connection.ts';
import { localFolder, secretsFolder } from './local-server.ts';
import { version } from './version.ts';

/** Where a local cloud keeps and finds things. */
export interface LocalPlaces {
  readonly stateDir: string;
  readonly fleetFile?: string | undefined;
  /** Folder of the built web console; absent: where it is built. */
  readonly consoleDir?: string;
}

/** Opens the local cloud of a state directory with its HTTP app; errors of its own work go to `write`, a line each. With `fires`, schedules fire. */
export const openLocal = async (
  { stateDir, fleetFile, consoleDir }: LocalPlaces,
  write: (line: string) => void,
  { fires }: { readonly fires: boolean } = { fires: false },
): Promise<LocalApp> => {
  const folder = localFolder(stateDir);
  return openLocalApp({
    stateDir: folder,
    fleet: await readFleet(folder, fleetFile),
    keepRunning: true,
    fires,
    secretsDir: secretsFolder(stateDir),
    log: quietLog(write),
    version,
    actor: userInfo().username,
    ...(consoleDir === undefined ? {} : { consoleDir }),
  });
};

/** Opens the app in this process, on the embedded local cloud. Unfinished runs of that folder go on. */
export const openEmbedded: OpenEmbedded = async (options: EmbeddedOptions) => {
  const local = await openLocal(options, (line) => process.stderr.write(line));
  const fetchInProcess: typeof fetch = async (input, init) => {
    const answer = await local.app.fetch(new Request(input, init));
    // Complete outputs and long answers lie elsewhere, under an address of their own that is no secret of the app.
    const elsewhere = answer.status === 307 || answer.status === 303 ? answer.headers.get('location') : null;
    return elsewhere === null ? answer : fetch(elsewhere);
  };
  return { fetch: fetchInProcess, baseUrl: 'http://drover.local', token: local.token, close: () => local.close() };
};
