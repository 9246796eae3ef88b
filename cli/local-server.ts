import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/** What a running local server writes beside its data, for clients on this machine. */
export const serverStateSchema = z.object({ url: z.url(), pid: z.int().positive() });
export type ServerState = z.infer<typeof serverStateSchema>;

/** Where the local cloud of a state directory keeps everything. */
export const localFolder = (stateDir: string): string => join(stateDir, 'local');

/** Where the local store of secrets is: not with the rest, so that a reset leaves it alone. */
export const secretsFolder = (stateDir: string): string => join(stateDir, 'secrets');

/** Where the running local server says where it is. */
export const serverStateFile = (stateDir: string): string => join(stateDir, 'server.json');
/** Where its token is; readable by its user only (mode 0600). */
export const localTokenFile = (stateDir: string): string => join(stateDir, 'token');

const readOptional = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AppError('config.invalid', `Cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
      hint: 'The state directory must be a folder of yours. Name another one with --state-dir or DROVER_HOME.',
    });
  }
};

const parseState = (text: string, path: string): ServerState => {
  try {
    return serverStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('config.invalid', `${path} is damaged`, {
      cause,
      hint: 'Remove it and start the local server again.',
    });
  }
};

/**
 * The local server that runs on this machine with that state directory, with its token; undefined when none does. What a server that died
 * left behind does not count.
 * @throws AppError `config.invalid` when its files are damaged or cannot be read.
 */
export const findLocalServer = async (
  host: { isAlive(pid: number): boolean },
  stateDir: string,
): Promise<(ServerState & { readonly token: string }) | undefined> => {
  const path = serverStateFile(stateDir);
  const text = await readOptional(path);
  if (text === undefined) return undefined;
  const state = parseState(text, path);
  if (!host.isAlive(state.pid)) return undefined;
  const token = await readOptional(localTokenFile(stateDir));
  if (token === undefined)
    throw new AppError('config.invalid', `The token of the local server, ${localTokenFile(stateDir)}, is missing`, {
      hint: 'Start the local server again.',
    });
  return { ...state, token: token.trim() };
};
