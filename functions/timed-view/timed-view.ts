import type { Tagged } from '#functions/api/services.ts';
import { awsViewOf, etagOfSchedule, nextOf, requireSchedule, scheduleView } from '#functions/records/schedules.ts';
import type { PageQuery } from '#shared/contract/requests.ts';
import type {
  FiringView,
  PreviewScheduleRequest,
  SchedulePreview,
  ScheduleQuery,
  ScheduleSummary,
  ScheduleView,
} from '#shared/contract/schedule-views.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { checkCalendars } from '#shared/schedule/calendar-events.ts';
import { readExpression } from '#shared/schedule/read-expression.ts';
import { formOf } from '#shared/schedule/schedule-times.ts';

/** What looking at schedules needs. */
export interface TimedViewDeps {
  readonly store: Pick<ScheduleStore, 'getSchedule' | 'listSchedules' | 'listFirings'>;
  readonly clock: Clock;
}

const summaryOf = async ({ store, clock }: TimedViewDeps, schedule: ScheduleRecord): Promise<ScheduleSummary> => {
  const { name, job, expression, dialect, overlap, enabled, tags } = schedule;
  const [next] = schedule.enabled ? nextOf(schedule, clock.now(), 1) : [];
  const [last] = (await store.listFirings(name, { limit: 1 })).items;
  return {
    ...{ name, job, expression, dialect, zone: formOf(schedule).zone, overlap, enabled, tags },
    ...(next === undefined ? {} : { next }),
    ...(last === undefined ? {} : { last }),
  };
};

/** Every schedule by name, with its next due time and what became of the last one. */
export const listSchedules = (deps: TimedViewDeps) => async (): Promise<Page<ScheduleSummary>> => ({
  items: await Promise.all((await deps.store.listSchedules()).map((schedule) => summaryOf(deps, schedule))),
});

/**
 * A schedule, with its due times to come.
 * @throws AppError `schedule.not-found`
 */
export const viewSchedule =
  (deps: TimedViewDeps) =>
  async (name: string, { next }: ScheduleQuery): Promise<Tagged<ScheduleView>> => {
    const schedule = await requireSchedule(deps.store, name);
    return { view: scheduleView(schedule, deps.clock.now(), next), etag: etagOfSchedule(schedule) };
  };

/**
 * What became of the due times of a schedule, newest first; also of one that was removed.
 * @throws AppError `schedule.not-found` when nothing is known of it
 */
export const listFirings =
  ({ store }: TimedViewDeps) =>
  async (name: string, { cursor, limit }: PageQuery): Promise<Page<FiringView>> => {
    const page = await store.listFirings(name, cursor === undefined ? { limit } : { limit, cursor });
    if (page.items.length === 0 && cursor === undefined) await requireSchedule(store, name);
    return page;
  };

/**
 * What an expression means, without storing anything.
 * @throws AppError `schedule.invalid`
 */
export const previewSchedule =
  ({ clock }: TimedViewDeps) =>
  async ({ count, ...rule }: PreviewScheduleRequest): Promise<SchedulePreview> => {
    const nowMs = clock.now();
    checkCalendars(rule.calendars);
    const { dialect, form } = readExpression({ ...rule, anchorMs: nowMs }, nowMs);
    const times = { ...rule, anchorAt: nowIso(clock) };
    return { dialect, zone: form.zone, next: nextOf(times, nowMs, count), aws: awsViewOf(times, nowMs) };
  };
