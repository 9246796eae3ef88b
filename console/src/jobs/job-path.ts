import { type JobReference, readJobReference } from '#shared/library/job-reference.ts';

/** Names that the routes beside a job have; a job of such a name is written with its revision. */
const taken: ReadonlySet<string> = new Set(['new']);

/** Address of a stored job, or of one of its revisions. Names hold slashes and blanks, so they are one encoded part of the path. */
export const jobPath = (name: string, revision?: number): string => {
  const reference = revision === undefined ? (taken.has(name) ? `${name}@latest` : name) : `${name}@${revision}`;
  return `/jobs/${encodeURIComponent(reference)}`;
};

/** Address where a stored job is started. */
export const startPath = (name: string, revision?: number): string => `${jobPath(name, revision)}/start`;

/** Address where a stored job is changed. */
export const editPath = (name: string): string => `/jobs/new?edit=${encodeURIComponent(name)}`;

/** Address where a schedule of a job is made. */
export const scheduleItPath = (name: string): string => `/schedules/new?job=${encodeURIComponent(name)}`;

/** The job that a part of a path names. */
export const readJobPath = (part: string | undefined): JobReference | undefined => readJobReference(part ?? '');
