import type { Job, ParamValues } from '../model/job.ts';
import { type FileValue, formatFileValue, readFileValue } from './file-value.ts';

/** A param of type file that a run was given. */
export interface FileParam extends FileValue {
  readonly param: string;
}

/** The files of a run, by the names of its params. */
export const fileParams = (job: Pick<Job, 'spec'>, params: ParamValues): readonly FileParam[] =>
  Object.entries(job.spec.params).flatMap(([param, { type }]) => {
    const value = params[param];
    const file = type === 'file' && typeof value === 'string' ? readFileValue(value) : undefined;
    return file === undefined ? [] : [{ param, ...file }];
  });

/** Those of the files that texts for a script name, each once. */
export const filesIn = (files: readonly FileParam[], texts: readonly string[]): readonly FileParam[] => {
  const seen = new Set<string>();
  return files.filter((file) => {
    const value = formatFileValue(file);
    if (seen.has(value) || !texts.some((text) => text.includes(value))) return false;
    seen.add(value);
    return true;
  });
};
