import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import type { ApiEnv } from '#functions/api/api-env.ts';
import { createApp } from '#functions/api/app.ts';
import { createConsoleApp, isConsolePath } from '#functions/console/console-app.ts';
import { openConsolePage } from '#functions/runtime/console-page.ts';
import type { Log } from '#shared/ports/services.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';

/** A local cloud behind the same HTTP app as the deployed one. */
export interface LocalApp {
  readonly app: Hono<ApiEnv>;
  /** Answers what comes over a socket: the web console, and everything else by the API. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly cloud: LocalCloud;
  /** Secret of this start: whoever has it may do everything. */
  readonly token: string;
  close(): Promise<void>;
}

/** Where `npm run build` puts the page of the web console. */
const builtConsole = fileURLToPath(new URL('../console/dist', import.meta.url));

/** What a local app is opened with. */
export interface LocalAppOptions extends LocalCloudOptions {
  readonly version: string;
  /** Who the owner of the token is, as shown on runs. */
  readonly actor: string;
  /** Folder of the built web console; absent: where it is built. */
  readonly consoleDir?: string;
}

/** @throws AppError `console.not-built` when there is no page in that folder */
export const requireConsole = async (consoleDir: string = builtConsole): Promise<void> => {
  await openConsolePage(consoleDir)();
};

const openConsole = ({ version, log, consoleDir = builtConsole }: LocalAppOptions): Hono<ApiEnv> =>
  createConsoleApp({
    page: openConsolePage(consoleDir),
    settings: { version, signIn: { kind: 'token' } },
    // Blobs are at a port of their own.
    connects: ['http://127.0.0.1:*'],
    log,
    newRequestId: randomUUID,
  });

/** Opens a local cloud, its HTTP app and the web console. */
export const openLocalApp = async (options: LocalAppOptions): Promise<LocalApp> => {
  const token = randomBytes(32).toString('base64url');
  const cloud = await startLocalCloud(options);
  const app = createApp({
    services: cloud.services,
    authorize: (given) => (given !== undefined && isSame(given, token) ? options.actor : undefined),
    version: options.version,
    log: options.log,
    newRequestId: randomUUID,
  });
  const webConsole = openConsole(options);
  const fetch: LocalApp['fetch'] = (request) =>
    isConsolePath(new URL(request.url).pathname) ? webConsole.fetch(request) : app.fetch(request);
  return { app, fetch, cloud, token, close: () => cloud.close() };
};

const isSame = (given: string, wanted: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
};

/** A log that keeps quiet: the CLI shows progress itself. Errors go to `write`, one line each. */
export const quietLog = (write: (line: string) => void): Log => ({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => write(`${event} ${JSON.stringify(fields ?? {})}\n`),
});
