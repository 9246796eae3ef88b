import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { didYouMean } from '#shared/expression/nearest-word.ts';
import type { SettingsSource } from '../settings.ts';
import { type Context, type Contexts, contextsSchema } from './context-model.ts';

/** `$DROVER_CONTEXTS`, else `drover/contexts.yaml` below `$XDG_CONFIG_HOME`, else below `~/.config`. */
export const contextsFile = ({ env, homeDir }: SettingsSource): string =>
  env['DROVER_CONTEXTS'] || join(env['XDG_CONFIG_HOME'] || join(homeDir, '.config'), 'drover', 'contexts.yaml');

const readOptional = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AppError('config.invalid', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
};

/**
 * The contexts of this user; none when there is no file.
 * @throws AppError `config.invalid` for a file that is none of contexts
 */
export const readContexts = async (source: SettingsSource): Promise<Contexts> => {
  const path = contextsFile(source);
  const text = await readOptional(path);
  if (text === undefined) return { contexts: {} };
  try {
    return contextsSchema.parse(parse(text) ?? {});
  } catch (cause) {
    throw new AppError('config.invalid', `${path} is no file of contexts: ${messageOf(cause)}`, {
      cause,
      hint: 'Mend it, or remove it and add the contexts again with: drover context add',
    });
  }
};

/** Writes the contexts as a whole; a reader sees the old file or the new one. */
export const writeContexts = async (source: SettingsSource, contexts: Contexts): Promise<void> => {
  const path = contextsFile(source);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, stringify(contexts), { mode: 0o600 });
  await rename(`${path}.part`, path);
};

/** @throws AppError `usage.invalid` when there is no context of that name */
export const requireContext = ({ contexts }: Contexts, name: string): Context => {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  throw new AppError('usage.invalid', `There is no context '${name}'`, {
    hint: didYouMean(name, Object.keys(contexts)) ?? 'See those there are with: drover context ls',
  });
};
