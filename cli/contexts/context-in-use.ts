import { type GlobalOptions, namesServer, type SettingsSource } from '../settings.ts';
import type { Context } from './context-model.ts';
import { readContexts, requireContext } from './contexts-file.ts';

/**
 * The context of a command: the one that is named, else the one in use, unless flags or environment say which server is meant.
 * @throws AppError `usage.invalid` when there is none of that name, `config.invalid` when the file of contexts is damaged
 */
export const contextInUse = async (options: GlobalOptions, source: SettingsSource): Promise<Context | undefined> => {
  const named = options.context ?? (source.env['DROVER_CONTEXT'] || undefined);
  if (named !== undefined) return requireContext(await readContexts(source), named);
  if (namesServer(options, source)) return undefined;
  const contexts = await readContexts(source);
  return contexts.current === undefined ? undefined : requireContext(contexts, contexts.current);
};
