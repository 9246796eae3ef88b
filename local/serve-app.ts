import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { LocalApp } from './local-app.ts';
import { onlyOwnHost } from './own-host.ts';

/** A local app behind a socket on the loopback. */
export interface ServedApp {
  readonly url: string;
  /** Stops listening and forgets the files; the app itself stays open. */
  close(): Promise<void>;
}

/** Where and how to serve. */
export interface ServeOptions {
  /** Folder for `server.json` ({url, pid}) and `token` (0600), by which clients on this machine find the server. */
  readonly dir: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly pid: number;
}

/**
 * Serves a local app on 127.0.0.1 and tells the clients of this machine where.
 * @throws AppError `local.locked` when the port is taken
 */
export const serveApp = async (
  { fetch, token }: Pick<LocalApp, 'fetch' | 'token'>,
  { dir, port, pid }: ServeOptions,
): Promise<ServedApp> => {
  const ownPort = (): number => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  };
  const server = serve({ fetch: onlyOwnHost(fetch, ownPort), hostname: '127.0.0.1', port });
  const url = await new Promise<string>((resolve, reject) => {
    server.once('listening', () => resolve(`http://127.0.0.1:${ownPort()}`));
    server.once('error', (cause) =>
      reject(
        new AppError('local.locked', `Cannot listen on port ${port}: ${messageOf(cause)}`, {
          cause,
          hint: 'Give another one with --port, or 0 for any free one.',
        }),
      ),
    );
  });
  await mkdir(dir, { recursive: true });
  const files = { token: join(dir, 'token'), state: join(dir, 'server.json') };
  // The token first: who finds server.json must find its token, not that of an earlier server.
  await rm(files.token, { force: true });
  await writeFile(files.token, token, { mode: 0o600 });
  // Moved into place, so that nobody reads half of it.
  await writeFile(`${files.state}.part`, JSON.stringify({ url, pid }));
  await rename(`${files.state}.part`, files.state);
  return {
    url,
    close: async () => {
      await rm(files.state, { force: true });
      await rm(files.token, { force: true });
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
};
