import type { Job } from '../model/job.ts';
import { readDocumentFile } from './document-file.ts';
import { jobDocument } from './parse-job.ts';

/**
 * Reads a job file, YAML or JSON.
 * @throws AppError `job.syntax` when the text is neither; `job.invalid` when it is no job. Both have every problem, up to 50, as `places`
 * with file, line, column, JSON Pointer and suggestion.
 */
export const parseJobFile = (text: string, fileName: string): Job =>
  readDocumentFile(jobDocument, text, fileName).value;
