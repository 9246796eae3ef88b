import { join } from 'node:path';
import type { ServedApp } from '#local/serve-app.ts';
import { localFolder } from '../../local-server.ts';
import type { Session } from '../../session.ts';

/** A local cloud that is served, with the secret of this start. */
export type ServedLocal = Pick<ServedApp, 'url'> & { readonly token: string };

/** How to serve. */
export interface ServeLocalOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** True: not without the page of the web console. */
  readonly needsConsole: boolean;
  /** Says where it is, once it is. */
  readonly tell: (served: ServedLocal) => void;
}

/**
 * Serves the local cloud in this process until Ctrl-C or SIGTERM.
 * @throws AppError `local.locked` when another process has that state directory, or the port is taken; `console.not-built`
 */
export const serveLocal = async (
  { host, settings, say }: Session,
  { port, needsConsole, tell }: ServeLocalOptions,
): Promise<void> => {
  // Loaded only here: no other command should pay for the local cloud.
  const [{ openLocal }, { requireConsole }, { serveApp }] = await Promise.all([
    import('../../embedded.ts'),
    import('#local/local-app.ts'),
    import('#local/serve-app.ts'),
  ]);
  if (needsConsole) await requireConsole(settings.consoleDir);
  const local = await openLocal(settings, (line) => host.stderr.write(line), { fires: true });
  try {
    const served = await serveApp(local, { dir: settings.stateDir, port, pid: process.pid });
    tell({ url: served.url, token: local.token });
    say(
      `The local cloud is up, its state is in ${localFolder(settings.stateDir)}. Ctrl-C stops it; runs go on at the next start.`,
    );
    say(`Its instances are in ${settings.fleetFile ?? join(localFolder(settings.stateDir), 'fleet.yaml')}`);
    await stopped(host.onInterrupt);
    await served.close();
  } finally {
    await local.close();
  }
};

/** Resolves when the process is asked to end. */
const stopped = (onInterrupt: (listener: () => void) => () => void): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      forget();
      process.off('SIGTERM', done);
      resolve();
    };
    const forget = onInterrupt(done);
    process.once('SIGTERM', done);
  });
