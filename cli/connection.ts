import { readFile } from 'node:fs/promises';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { AwsCredentials } from './aws/signed-fetch.ts';
import { findLocalServer } from './local-server.ts';
import type { Settings } from './settings.ts';

/** What the app inside this process is opened with. */
export interface EmbeddedOptions {
  readonly stateDir: string;
  /** The instances of the local cloud; absent for its default fleet. */
  readonly fleetFile?: string;
}

/** The whole product inside this process: its HTTP app without a socket. */
export interface EmbeddedApp {
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Opens the app inside this process and resumes its unfinished runs.
 * @throws AppError `local.locked` when another process has that state directory.
 */
export type OpenEmbedded = (options: EmbeddedOptions) => Promise<EmbeddedApp>;

/** The way to Drover that was chosen, once, for this command. */
export interface Connection {
  /** `embedded`: this process is the engine, so runs stand still when it ends. */
  readonly kind: 'server' | 'local' | 'embedded';
  readonly baseUrl: string;
  readonly client: DroverClient;
  /** What time it is at the server, in milliseconds since the epoch, to the second; undefined where that is this process. */
  serverTime(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** What choosing needs of the host. */
export interface ConnectionHost {
  readonly fetch: typeof fetch;
  /** True when a process with that id runs on this machine. */
  isAlive(pid: number): boolean;
  readonly openEmbedded: OpenEmbedded;
  /** Credentials of a profile of AWS, or of the default chain; keeps them as long as they are good. */
  awsCredentials(profile: string | undefined): () => Promise<AwsCredentials>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** @throws AppError `usage.invalid` when the file cannot be read */
export const readToken = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new AppError('usage.invalid', `Cannot read the token file ${path}: ${messageOf(cause)}`, { cause });
  }
};

/** The module of signing is loaded only where it is needed: it takes a tenth of a second. */
const fetchOf = async ({ signing }: Settings, host: ConnectionHost): Promise<typeof fetch> => {
  if (signing === undefined) return host.fetch;
  const { signedFetch } = await import('./aws/signed-fetch.ts');
  const { region, profile } = signing;
  return signedFetch({ fetch: host.fetch, region, credentials: host.awsCredentials(profile), now: () => host.now() });
};

/** Every HTTP answer has the time of its server, also a refusal. */
const timeAt = async (host: ConnectionHost, baseUrl: string): Promise<number | undefined> => {
  const answer = await host.fetch(`${baseUrl.replace(/\/+$/, '')}/v1/version`);
  await answer.body?.cancel();
  const date = answer.headers.get('date');
  return date === null ? undefined : Date.parse(date);
};

const openServer = async (settings: Settings, host: ConnectionHost, baseUrl: string): Promise<Connection> => {
  const token = settings.tokenFile === undefined ? {} : { token: await readToken(settings.tokenFile) };
  const client = createClient({ baseUrl, fetch: await fetchOf(settings, host), ...token });
  return { kind: 'server', baseUrl, client, serverTime: () => timeAt(host, baseUrl), close: async () => undefined };
};

const openInProcess = async (settings: Settings, host: ConnectionHost): Promise<Connection> => {
  const fleet = settings.fleetFile === undefined ? {} : { fleetFile: settings.fleetFile };
  const app = await host.openEmbedded({ stateDir: settings.stateDir, ...fleet });
  const { baseUrl, fetch, token } = app;
  const client = createClient({ baseUrl, fetch, token });
  return { kind: 'embedded', baseUrl, client, serverTime: async () => undefined, close: () => app.close() };
};

/**
 * The way to Drover: the server that was named; else the local server that runs with this state directory; else the app in this process.
 * @throws AppError `usage.invalid` when the token file cannot be read, `config.invalid`, `local.locked`.
 */
export const openConnection = async (settings: Settings, host: ConnectionHost): Promise<Connection> => {
  if (settings.server !== undefined) return openServer(settings, host, settings.server);
  const local = await findLocalServer(host, settings.stateDir);
  if (local === undefined) return openInProcess(settings, host);
  const { url: baseUrl, token } = local;
  const client = createClient({ baseUrl, fetch: host.fetch, token });
  return { kind: 'local', baseUrl, client, serverTime: () => timeAt(host, baseUrl), close: async () => undefined };
};
