import type { Preconditions } from '#shared/contract/library-requests.ts';
import type { AwsView, DueTimeView, ScheduleView } from '#shared/contract/schedule-views.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { didYouMean } from '#shared/expression/nearest-word.ts';
import type { Calendar, ScheduleRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { blackoutAt } from '#shared/schedule/decide.ts';
import { dueTimesOf, formOf, type ScheduleTimes } from '#shared/schedule/schedule-times.ts';
import { toAws } from '#shared/schedule/to-aws.ts';
import { localText } from '#shared/schedule/zone.ts';
import { iso } from './firings.ts';
import { areMet } from './preconditions.ts';

/** How often a change is decided again when another writer came first. */
const maxTries = 8;

/**
 * A schedule that has to be there.
 * @throws AppError `schedule.not-found`
 */
export const requireSchedule = async (
  store: Pick<ScheduleStore, 'getSchedule' | 'listSchedules'>,
  name: string,
): Promise<ScheduleRecord> => {
  const schedule = await store.getSchedule(name);
  if (schedule !== undefined) return schedule;
  const known = (await store.listSchedules()).map((one) => one.name);
  throw new AppError('schedule.not-found', `There is no schedule '${name}'`, {
    hint: didYouMean(name, known) ?? 'List the schedules with: drover schedule ls',
  });
};

/**
 * Reads a schedule, decides, and writes it under its next version; decides again when another writer came first. `change` gives the schedule as
 * it is to be, or undefined when there is nothing to do. Returns it as it stands afterwards.
 * @throws AppError `store.conflict` when others keep coming first, or what reading and `change` throw
 */
export const changeSchedule = async <T extends ScheduleRecord | undefined>(
  store: Pick<ScheduleStore, 'putSchedule'>,
  read: () => Promise<T>,
  change: (schedule: T) => Promise<ScheduleRecord | undefined>,
): Promise<ScheduleRecord> => {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const before = await read();
    const changed = await change(before);
    if (changed === undefined && before !== undefined) return before;
    if (changed === undefined) break;
    const next = { ...changed, version: (before?.version ?? 0) + 1 };
    if (await store.putSchedule(next)) return next;
  }
  throw new AppError('store.conflict', 'The schedule is being changed by others all the time', { hint: 'Try again.' });
};

/**
 * The entity tag of a schedule: another one with every put, pause and resume. It also says when the schedule was made, because one that is made again
 * counts from 1 again.
 */
export const etagOfSchedule = ({ version, createdAt }: Pick<ScheduleRecord, 'version' | 'createdAt'>): string =>
  `"${version}.${Date.parse(createdAt).toString(36)}"`;

/**
 * Holds a schedule against the conditions of a request.
 * @throws AppError `precondition.failed`
 */
export const checkScheduleConditions = (
  name: string,
  schedule: ScheduleRecord | undefined,
  conditions: Preconditions,
): void => {
  if (areMet(conditions, schedule && etagOfSchedule(schedule))) return;
  if (schedule === undefined)
    throw new AppError('precondition.failed', `There is no schedule '${name}'`, {
      hint: 'Send it without If-Match to make it.',
    });
  const { updatedBy, updatedAt } = schedule;
  throw new AppError(
    'precondition.failed',
    `The schedule '${name}' is at ${etagOfSchedule(schedule)}, put by ${updatedBy} at ${updatedAt}; that is not what the request expects`,
    { hint: `Look at what it is now: drover schedule show ${name} -o json. Then decide again.` },
  );
};

/** Due times to come, with what will keep them from starting. */
export const nextOf = (
  schedule: ScheduleTimes & { readonly calendars: readonly Calendar[] },
  afterMs: number,
  count: number,
): DueTimeView[] => {
  const { zone } = formOf(schedule);
  const next: DueTimeView[] = [];
  if (count === 0) return next;
  for (const { atMs, mark } of dueTimesOf(schedule, { afterMs, withSkipped: true })) {
    const blackout = mark === 'skipped' ? undefined : blackoutAt(schedule.calendars, atMs);
    next.push({
      ...{ at: iso(atMs), local: localText(atMs, zone) },
      ...(mark === undefined ? {} : { mark }),
      ...(blackout === undefined ? {} : { blackout: blackout.summary ?? blackout.calendar }),
    });
    if (next.length >= count) break;
  }
  return next;
};

/** A rule in the words of EventBridge Scheduler, or why not. */
export const awsViewOf = (schedule: ScheduleTimes, nowMs: number): AwsView => {
  try {
    const { expressions, exact } = toAws(formOf(schedule), nowMs);
    return { expressions: [...expressions], exact };
  } catch (error) {
    if (!isAppError(error, 'schedule.unsupported')) throw error;
    return { expressions: [], exact: false, refused: error.message };
  }
};

/** A schedule as it is shown. */
export const scheduleView = (schedule: ScheduleRecord, nowMs: number, count: number): ScheduleView => {
  const { version: _version, anchorAt: _anchorAt, activeSince: _activeSince, ...shown } = schedule;
  return {
    ...{ ...shown, zone: formOf(schedule).zone },
    next: schedule.enabled ? nextOf(schedule, nowMs, count) : [],
    aws: awsViewOf(schedule, nowMs),
  };
};
