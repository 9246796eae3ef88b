import { parseSliceId, type SliceKey } from '#shared/model/ids.ts';
import type { Group, Job, Phase } from '#shared/model/job.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import type { JsonBlobs } from './json-blob.ts';

/** What says which job an attempt ran. */
export type JobOfRun = Pick<RunRecord, 'runId' | 'jobBlob' | 'params' | 'attempts'>;

/**
 * The job that an attempt ran: a later attempt may run a changed one.
 * @throws AppError as {@link JsonBlobs.job}
 */
export const jobOfAttempt = (json: Pick<JsonBlobs, 'job'>, run: JobOfRun, attempt: number): Promise<Job> => {
  const jobBlob = run.attempts[attempt - 1]?.jobBlob;
  return json.job(jobBlob === undefined ? run : { ...run, jobBlob });
};

/** A group and a phase in one job, with their places in it. */
export interface JobPlace {
  readonly group: Group;
  readonly phase: Phase;
  readonly groupIndex: number;
  readonly phaseIndex: number;
}

/** The jobs of a run's attempts, and what a slice of any of them is in the current job. Groups and phases are the same when their names are. */
export interface JobHistory {
  readonly current: Job;
  /** True when an earlier attempt ran another job. */
  readonly changed: boolean;
  at(attempt: number): Job;
  /** Group and phase of a slice as the job of its own attempt has them; undefined when that job does not. */
  own(key: SliceKey): JobPlace | undefined;
  /** The same group and phase in the current job; undefined when it has them no more. */
  now(key: SliceKey): JobPlace | undefined;
}

/** Reads the jobs of all attempts of a run: nearly always one. */
export const readJobHistory = async (json: Pick<JsonBlobs, 'job'>, run: JobOfRun): Promise<JobHistory> => {
  const jobs = await Promise.all(run.attempts.map(({ attempt }) => jobOfAttempt(json, run, attempt)));
  const current = await json.job(run);
  const at = (attempt: number): Job => jobs[attempt - 1] ?? current;
  const isCurrent = (attempt: number): boolean => (run.attempts[attempt - 1]?.jobBlob ?? run.jobBlob) === run.jobBlob;
  const own = (key: SliceKey): JobPlace | undefined => placeIn(at(key.attempt), key);
  return {
    current,
    changed: run.attempts.some(({ attempt }) => !isCurrent(attempt)),
    at,
    own,
    now: (key) => {
      const before = own(key);
      if (before === undefined || isCurrent(key.attempt)) return before;
      return findPlace(current, before.group.name, before.phase.name);
    },
  };
};

const placeIn = (job: Job, { groupIndex, phaseIndex }: Pick<SliceKey, 'groupIndex' | 'phaseIndex'>) => {
  const group = job.spec.groups[groupIndex];
  const phase = group?.phases[phaseIndex];
  return group && phase ? { group, phase, groupIndex, phaseIndex } : undefined;
};

/** A group and one of its phases by their names; undefined when the job does not have them. */
export const findPlace = (job: Job, groupName: string, phaseName: string): JobPlace | undefined => {
  const groupIndex = job.spec.groups.findIndex(({ name }) => name === groupName);
  const phaseIndex = job.spec.groups[groupIndex]?.phases.findIndex(({ name }) => name === phaseName) ?? -1;
  return placeIn(job, { groupIndex, phaseIndex });
};

/** Names the part of a phase that a slice is of: its round, whatever the attempt and the job. A phase comes once in each round. */
export const partName = (
  { groupIndex, phaseIndex }: Pick<JobPlace, 'groupIndex' | 'phaseIndex'>,
  { round }: Pick<SliceRecord, 'round'>,
): string => `${groupIndex}.${phaseIndex}.${round}`;

/** Order of slices: older attempts first, then passes. */
export const isLaterSlice = (one: SliceKey, other: SliceKey): boolean =>
  one.attempt > other.attempt || (one.attempt === other.attempt && one.pass > other.pass);

/** The key of a slice record. */
export const keyOfSlice = ({ sliceId }: Pick<SliceRecord, 'sliceId'>): SliceKey => parseSliceId(sliceId);
