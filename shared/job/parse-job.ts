import { type Job, jobSchema } from '../model/job.ts';
import { checkJob } from './check-job.ts';
import type { DocumentKind } from './document-kind.ts';
import type { Finding } from './finding.ts';
import { jobLevels } from './job-levels.ts';
import { parseDocument, readDocument } from './read-document.ts';

/** Jobs as a kind of document. */
export const jobDocument: DocumentKind<Job> = {
  noun: 'job',
  schema: jobSchema,
  levels: jobLevels,
  check: checkJob,
  codes: { syntax: 'job.syntax', invalid: 'job.invalid' },
};

/** A job, or everything that is wrong with it, in the order of the document. */
export const readJob = (document: unknown): { readonly job: Job } | { readonly findings: readonly Finding[] } => {
  const read = readDocument(jobDocument, document);
  return 'value' in read ? { job: read.value } : read;
};

/**
 * Reads a job from a JSON value, such as the body of a request.
 * @throws AppError `job.invalid` with every problem, up to 50, as `places` with a JSON Pointer in `path`.
 */
export const parseJob = (value: unknown): Job => parseDocument(jobDocument, value);
