import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import { type Job, jobSchema } from '../model/job.ts';
import { checkJob } from './check-job.ts';
import { type Finding, inDocumentOrder, maxPlaces, placeOfFinding } from './finding.ts';
import { findingsOfSchema } from './schema-findings.ts';

/** Deeper nesting than this is an attack or an accident; the deepest place of a job is at level 12. */
const maxDepth = 64;

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Looks level by level, at each part once a level, so that parts that hold themselves end it. */
const isDeeperThan = (document: unknown, depth: number): boolean => {
  let level = new Set([document].filter(isContainer));
  for (let at = 0; level.size > 0; at += 1) {
    if (at > depth) return true;
    level = new Set([...level].flatMap((value) => Object.values(value).filter(isContainer)));
  }
  return false;
};

/** A job, or everything that is wrong with it, in the order of the document. */
export const readJob = (document: unknown): { readonly job: Job } | { readonly findings: readonly Finding[] } => {
  if (isDeeperThan(document, maxDepth))
    return { findings: [{ path: [], message: `the job is nested more than ${maxDepth} levels deep` }] };
  const parsed = jobSchema.safeParse(document);
  if (!parsed.success) return { findings: inDocumentOrder(document, findingsOfSchema(parsed.error, document)) };
  const findings = checkJob(parsed.data);
  return findings.length === 0 ? { job: parsed.data } : { findings: inDocumentOrder(document, findings) };
};

/** The error for a job with findings, of which at most 50 are told. */
export const invalidJob = (
  name: string,
  findings: readonly Finding[],
  placeOf: (finding: Finding) => ErrorPlace,
): AppError => {
  const places = findings.slice(0, maxPlaces).map(placeOf);
  const isMore = findings.length > maxPlaces;
  return new AppError(
    'job.invalid',
    findings.length === 1 ? `${name}: ${places[0]?.message}` : `${name} has ${findings.length} problems`,
    { hint: isMore ? `The first ${maxPlaces} are listed; correct them first.` : 'Correct what is listed.', places },
  );
};

/**
 * Reads a job from a JSON value, such as the body of a request.
 * @throws AppError `job.invalid` with every problem, up to 50, as `places` with a JSON Pointer in `path`.
 */
export const parseJob = (value: unknown): Job => {
  const read = readJob(value);
  if ('job' in read) return read.job;
  throw invalidJob('The job', read.findings, placeOfFinding);
};
