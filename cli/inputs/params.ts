import { parse } from 'yaml';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { type ParamValues, paramValuesSchema } from '#shared/model/job.ts';
import type { CliHost } from '../host.ts';
import { parseKeyValues } from './key-values.ts';
import { readInputFile } from './read-file.ts';

const parseParamsFile = (text: string, fileName: string): ParamValues => {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new AppError('params.invalid', `${fileName}: ${messageOf(cause)}`, { cause });
  }
  const parsed = paramValuesSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw new AppError('params.invalid', `${fileName} must hold a map of param names to values (YAML or JSON)`);
};

/**
 * The parameters of a run: those of the file (YAML or JSON), and over them those of the flags, which are texts until the job says their type.
 * @throws AppError `usage.invalid`, `params.invalid`
 */
export const readParams = async (
  host: Pick<CliHost, 'stdin'>,
  given: { readonly paramsFile?: string | undefined; readonly param?: readonly string[] | undefined },
): Promise<ParamValues> => {
  const flags = parseKeyValues(given.param ?? [], '--param');
  if (given.paramsFile === undefined) return flags;
  const { text, fileName } = await readInputFile(host, given.paramsFile);
  return { ...parseParamsFile(text, fileName), ...flags };
};
