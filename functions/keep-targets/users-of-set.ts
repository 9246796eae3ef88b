import pMap from 'p-map';
import { type LibraryReadDeps, requireJob } from '#functions/records/library.ts';
import type { TargetSetRemoved } from '#shared/contract/target-views.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import { usedSets } from '#shared/library/apply-sets.ts';
import { requireJobReference } from '#shared/library/job-reference.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';

/** Jobs that are looked at, a page of names, and those that are read at once. */
const bounds = { jobs: 2000, page: 1000, atOnce: 8 };

/** What finding the users of a target set needs. */
export interface UsersDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & Pick<ScheduleStore, 'listSchedules'>;
}

const jobNames = async ({ store }: UsersDeps): Promise<readonly string[]> => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listNames({
      kind: 'job',
      limit: bounds.page,
      ...(cursor === undefined ? {} : { cursor }),
    });
    names.push(...page.items.filter(({ action }) => action === 'put').map(({ name }) => name));
    cursor = page.cursor;
  } while (cursor !== undefined && names.length < bounds.jobs);
  return names;
};

const usesSet = async (deps: UsersDeps, job: string, set: string): Promise<boolean> => {
  try {
    return usedSets((await requireJob(deps, { name: job })).job).some(({ name }) => name === set);
  } catch (error) {
    // Somebody has just removed it.
    if (isAppError(error, 'job.not-found')) return false;
    throw error;
  }
};

/** The stored jobs that name a target set in their latest revision, with the schedules that start them. Of very many jobs the first 2,000 are looked at. */
export const usersOfSet = async (deps: UsersDeps, set: string): Promise<TargetSetRemoved['usedBy']> => {
  const [names, schedules] = await Promise.all([jobNames(deps), deps.store.listSchedules()]);
  const found = await pMap(names, async (job) => ((await usesSet(deps, job, set)) ? [job] : []), {
    concurrency: bounds.atOnce,
  });
  return found.flat().map((job) => ({
    job,
    schedules: schedules.filter((one) => requireJobReference(one.job).name === job).map(({ name }) => name),
  }));
};
