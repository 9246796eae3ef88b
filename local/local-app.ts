import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Hono } from 'hono';
import type { ApiEnv } from '#functions/api/api-env.ts';
import { createApp } from '#functions/api/app.ts';
import type { Log } from '#shared/ports/services.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';

/** A local cloud behind the same HTTP app as the deployed one. */
export interface LocalApp {
  readonly app: Hono<ApiEnv>;
  readonly cloud: LocalCloud;
  /** Secret of this start: whoever has it may do everything. */
  readonly token: string;
  close(): Promise<void>;
}

/** Opens a local cloud and its HTTP app. `actor` is who the owner of the token is, as shown on runs. */
export const openLocalApp = async (
  options: LocalCloudOptions & { readonly version: string; readonly actor: string },
): Promise<LocalApp> => {
  const token = randomBytes(32).toString('base64url');
  const cloud = await startLocalCloud(options);
  const app = createApp({
    services: cloud.services,
    authorize: (given) => (given !== undefined && isSame(given, token) ? options.actor : undefined),
    version: options.version,
    log: options.log,
    newRequestId: randomUUID,
  });
  return { app, cloud, token, close: () => cloud.close() };
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
