import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { parseDurationMs } from '../model/duration.ts';
import type { Dialect, ScheduleRecord } from '../model/schedule.ts';
import { type DueQuery, type DueTime, dueTimes } from './firings.ts';
import type { ScheduleForm } from './form.ts';
import { parseExpression } from './read-expression.ts';

/** What of a schedule says when it is due. */
export interface ScheduleTimes extends Pick<ScheduleRecord, 'expression' | 'anchorAt'> {
  readonly dialect?: Dialect | undefined;
  readonly zone?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

const minuteMs = 60_000;

/** A rate of whole minutes counts from a whole minute, as the clocks that call it do. */
const aligned = (firstMs: number, everyMs: number): number =>
  everyMs % minuteMs === 0 ? Math.ceil(firstMs / minuteMs) * minuteMs : firstMs;

/**
 * What the expression of a schedule means. A rate with a start is due at the start for the first time.
 * @throws AppError `schedule.invalid`
 */
export const formOf = ({ expression, dialect, zone, anchorAt, start }: ScheduleTimes): ScheduleForm => {
  const { form } = parseExpression({ expression, dialect, zone, anchorMs: Date.parse(anchorAt) });
  if (form.kind !== 'rate') return form;
  const firstMs = start === undefined ? form.firstMs : Date.parse(start);
  return { ...form, firstMs: aligned(firstMs, form.everyMs) };
};

/** The due times of a schedule, between its start and its end. */
export function* dueTimesOf(schedule: ScheduleTimes, query: DueQuery): Generator<DueTime> {
  const { start, end } = schedule;
  const afterMs = Math.max(query.afterMs, start === undefined ? Number.NEGATIVE_INFINITY : Date.parse(start) - 1);
  const ends = [query.untilMs, end === undefined ? undefined : Date.parse(end)].flatMap((one) => one ?? []);
  yield* dueTimes(formOf(schedule), {
    ...query,
    afterMs,
    ...(ends.length === 0 ? {} : { untilMs: Math.min(...ends) }),
  });
}

/** The first due time of a schedule after an instant; undefined when there is none any more. */
export const nextDueOf = (schedule: ScheduleTimes, afterMs: number): number | undefined => {
  for (const { atMs } of dueTimesOf(schedule, { afterMs })) return atMs;
  return undefined;
};

/** The due time that a call at this time is for: the last one, at most a minute before. Undefined when the schedule means no such time. */
export const dueTimeAt = (schedule: ScheduleTimes, calledMs: number): number | undefined =>
  [...dueTimesOf(schedule, { afterMs: calledMs - minuteMs, untilMs: calledMs })].at(-1)?.atMs;

/** Milliseconds of the jitter of a schedule. */
export const jitterMsOf = ({ jitter }: Pick<ScheduleRecord, 'jitter'>): number =>
  jitter === undefined ? 0 : parseDurationMs(jitter);

/** How long after a due time its start is put off, by the jitter: the same whenever it is asked, and different from schedule to schedule. */
export const delayOf = (schedule: Pick<ScheduleRecord, 'name' | 'jitter'>, dueMs: number): number => {
  const jitterMs = jitterMsOf(schedule);
  if (jitterMs === 0) return 0;
  const [a = 0, b = 0, c = 0] = sha256(utf8ToBytes(`${schedule.name} ${dueMs}`));
  return Math.floor((((a << 16) | (b << 8) | c) / 2 ** 24) * jitterMs);
};

/** When the next start of a schedule is, its jitter counted; undefined when there is none any more. */
export const nextStartOf = (schedule: ScheduleRecord, nowMs: number): number | undefined => {
  let next: number | undefined;
  for (const { atMs } of dueTimesOf(schedule, { afterMs: nowMs - jitterMsOf(schedule) })) {
    if (next !== undefined && atMs > next) break;
    const startMs = atMs + delayOf(schedule, atMs);
    if (startMs > nowMs && (next === undefined || startMs < next)) next = startMs;
  }
  return next;
};
