import { type AppError, isAppError } from '#shared/errors/app-error.ts';
import { unifiedDiff } from '#shared/format/text-diff.ts';
import { toYaml } from '#shared/format/to-yaml.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { shortJob } from '#shared/job/short-job.ts';
import type { Job } from '#shared/model/job.ts';

/** What a text is as a job. */
export type TextCheck =
  | { readonly state: 'empty' }
  | { readonly state: 'good'; readonly job: Job }
  | { readonly state: 'wrong'; readonly error: AppError };

/** Checks a job file. This module carries the job reader with it: load it when it is needed. */
export const checkText = (text: string, fileName = 'job'): TextCheck => {
  if (text.trim() === '') return { state: 'empty' };
  try {
    return { state: 'good', job: parseJobFile(text, fileName) };
  } catch (error) {
    if (isAppError(error)) return { state: 'wrong', error };
    throw error;
  }
};

/** A job as it is stored. */
export const asStored = (job: Job): unknown => shortJob(job);

/** What saving a job would change of what is stored; '' for nothing. */
export const changesOf = (stored: { readonly label: string; readonly job: unknown }, job: Job): string =>
  unifiedDiff({ label: stored.label, text: toYaml(stored.job) }, { label: 'this text', text: toYaml(shortJob(job)) });
