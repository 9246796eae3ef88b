import type { FiringRecord, FiringStatus, ScheduleRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import type { Clock } from '#shared/ports/services.ts';
import { dueTimesOf } from '#shared/schedule/schedule-times.ts';

/** Due times that are recorded one by one when many passed; those before them are counted. */
const maxRecords = 200;

/** What looking after due times needs. */
export interface FiringsDeps {
  readonly store: Pick<ScheduleStore, 'getHandled' | 'putHandled' | 'listFiredBetween' | 'createFiring'>;
  readonly clock: Clock;
}

/** Due times of a schedule without a record. */
export interface OpenDues {
  /** In order, the latest ones. */
  readonly dues: readonly number[];
  /** How many came before them. */
  readonly more: number;
  /** Due times that somebody began to start and maybe did not get on with. */
  readonly starting: readonly FiringRecord[];
}

/** RFC 3339 UTC of an instant. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** What of the due times up to an instant has no record, or an unfinished one. */
export const openDues = async (
  { store }: FiringsDeps,
  schedule: ScheduleRecord,
  untilMs: number,
): Promise<OpenDues> => {
  const handled = await store.getHandled(schedule.name);
  const fromMs = Math.max(Date.parse(schedule.activeSince), handled === undefined ? 0 : Date.parse(handled.until));
  if (untilMs <= fromMs) return { dues: [], more: 0, starting: [] };
  const fired = await store.listFiredBetween(schedule.name, iso(fromMs), iso(untilMs));
  const known = new Set(fired.map(({ dueAt }) => dueAt));
  const dues: number[] = [];
  let more = 0;
  for (const { atMs } of dueTimesOf(schedule, { afterMs: fromMs, untilMs })) {
    if (known.has(iso(atMs))) continue;
    dues.push(atMs);
    if (dues.length <= maxRecords) continue;
    dues.shift();
    more += 1;
  }
  return { dues, more, starting: fired.filter(({ status }) => status === 'starting') };
};

/** Records due times at which nothing was started, oldest first. One that got its record meanwhile keeps it. */
export const noteUnstarted = async (
  { store, clock }: FiringsDeps,
  schedule: string,
  { dues, more }: Pick<OpenDues, 'dues' | 'more'>,
  why: (dueMs: number) => { readonly status: FiringStatus; readonly reason: string },
): Promise<void> => {
  const at = iso(clock.now());
  for (const [index, dueMs] of dues.entries())
    await store.createFiring({
      ...{ schedule, dueAt: iso(dueMs), kind: 'timed', at, ...why(dueMs) },
      ...(index === 0 && more > 0 ? { more } : {}),
    });
};

/** Every due time up to this instant has its record now; but one that is being started is looked at again. */
export const handledUntil = async (
  { store }: FiringsDeps,
  schedule: string,
  untilMs: number,
  { starting }: Pick<OpenDues, 'starting'>,
): Promise<void> => {
  const first = starting[0];
  const ms = first === undefined ? untilMs : Math.min(untilMs, Date.parse(first.dueAt) - 1);
  await store.putHandled({ schedule, until: iso(ms) });
};

/** Closes what was due before a schedule changes: it gets its record as one at which nothing was started. */
export const closeOpenDues = async (
  deps: FiringsDeps,
  schedule: ScheduleRecord,
  why: (dueMs: number) => { readonly status: FiringStatus; readonly reason: string },
): Promise<void> => {
  const nowMs = deps.clock.now();
  const open = await openDues(deps, schedule, nowMs);
  await noteUnstarted(deps, schedule.name, open, why);
  await handledUntil(deps, schedule.name, nowMs, open);
};
