import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import type { Job } from '../model/job.ts';
import { maxPlaces, placeOfFinding } from './finding.ts';
import { invalidJob, readJob } from './parse-job.ts';
import { readYaml, type SyntaxProblem } from './yaml-source.ts';

/** Longest job file, in characters. */
const maxLength = 1_048_576;

const badSyntax = (file: string, problems: readonly SyntaxProblem[]): AppError => {
  const [first] = problems;
  const where = first === undefined ? '' : `:${first.line}:${first.column}: ${first.message}`;
  return new AppError('job.syntax', `${file}${where}`, {
    hint: first?.suggestion ?? 'A job file is YAML or JSON.',
    places: problems.slice(0, maxPlaces).map((problem) => ({ ...problem, file })),
  });
};

/**
 * Reads a job file, YAML or JSON.
 * @throws AppError `job.syntax` when the text is neither; `job.invalid` when it is no job. Both have every problem, up to 50, as `places`
 * with file, line, column, JSON Pointer and suggestion.
 */
export const parseJobFile = (text: string, fileName: string): Job => {
  if (text.length > maxLength)
    throw badSyntax(fileName, [{ line: 1, column: 1, message: `A job file has at most ${maxLength} characters` }]);
  const source = readYaml(text);
  if ('problems' in source) throw badSyntax(fileName, source.problems);
  const read = readJob(source.value);
  if ('job' in read) return read.job;
  throw invalidJob(
    fileName,
    read.findings,
    (finding): ErrorPlace => ({ ...placeOfFinding(finding), file: fileName, ...source.locate(finding) }),
  );
};
