import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openLocalApp, quietLog } from '#local/local-app.ts';
import { readFleet } from '#local/read-fleet.ts';
import type { OpenEmbedded } from './context.ts';
import { version } from './version.ts';

/** Opens the app in this process, on the embedded local cloud in `<state dir>/local`. Unfinished runs of that folder go on. */
export const openEmbedded: OpenEmbedded = async ({ stateDir, fleetFile }) => {
  const dir = join(stateDir, 'local');
  const local = await openLocalApp({
    stateDir: dir,
    fleet: await readFleet(dir, fleetFile),
    log: quietLog((line) => process.stderr.write(line)),
    version,
    actor: userInfo().username,
  });
  const fetchInProcess: typeof fetch = async (input, init) => local.app.fetch(new Request(input, init));
  return { fetch: fetchInProcess, baseUrl: 'http://drover.local', token: local.token, close: () => local.close() };
};
