import type { EndedRun } from '#shared/model/ended-run.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';

/** Runs that an estimate is made from, and months that are looked through for them. */
const enough = 10;
const monthsBack = 3;

/** What looking at earlier runs needs. */
export interface JobPastDeps {
  readonly store: Pick<UsageStore, 'listLatestEndedRuns'>;
  readonly clock: Clock;
}

const monthBefore = (epochMs: number, back: number): string => {
  const at = new Date(epochMs);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back)).toISOString().slice(0, 'YYYY-MM'.length);
};

/** The latest runs of a job that succeeded, ten at most: of those that did not, nobody knows what they would have taken. */
export const jobPast = async ({ store, clock }: JobPastDeps, jobName: string): Promise<readonly EndedRun[]> => {
  const found: EndedRun[] = [];
  for (let back = 0; back < monthsBack && found.length < enough; back += 1) {
    const runs = await store.listLatestEndedRuns(monthBefore(clock.now(), back), jobName, 2 * enough);
    found.push(...runs.filter(({ status }) => status === 'succeeded' || status === 'completed'));
  }
  return found.slice(0, enough);
};
