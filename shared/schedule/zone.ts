import { Temporal } from 'temporal-polyfill';
import { invalid } from './field.ts';

const offsetPattern = /^(?:GMT|UTC)(?<sign>[+-])(?<hours>\d{1,2})(?::(?<minutes>[0-5]\d))?$/;

/**
 * The zone of a text: an IANA name, `UTC`, `GMT`, or `GMT+8:00`, which gives the offset `+08:00`.
 * @throws AppError `schedule.invalid`
 */
export const readZone = (text: string): string => {
  if (text === 'UTC' || text === 'GMT') return 'UTC';
  const { sign, hours = '', minutes = '00' } = offsetPattern.exec(text)?.groups ?? {};
  if (sign !== undefined && Number(hours) <= 14) return `${sign}${hours.padStart(2, '0')}:${minutes}`;
  if (text.includes('/') || /^[+-]\d\d:\d\d$/.test(text)) {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
    } catch {
      // The hint below says more than the reason.
    }
  }
  throw invalid(
    `'${text}' is not a time zone`,
    'Write a name such as Europe/Madrid, UTC, or an offset such as GMT+8:00.',
  );
};

/** A day that the clocks of a zone are changed on, or not. Local times are milliseconds of that time read as UTC. */
export interface ZoneDay {
  /** Milliseconds that local time is ahead of UTC, at the beginning of the day. */
  readonly offsetMs: number;
  /** When the clocks change on that day, and to which offset. */
  readonly change?: { readonly atMs: number; readonly offsetMs: number };
}

const nsPerMs = 1_000_000;

/** What the clocks of a zone do on a day. Of two changes within 24 hours, which no zone has had for decades, the first is seen. */
export const zoneDay = (zone: string, year: number, month: number, day: number): ZoneDay => {
  const midnight = Temporal.PlainDateTime.from({ year, month, day });
  const start = midnight.toZonedDateTime(zone, { disambiguation: 'earlier' });
  // A midnight that does not exist lies after the change; the moment before it still has the offset of the day before.
  const before = start.subtract({ hours: 3 });
  const offsetMs = before.offsetNanoseconds / nsPerMs;
  const change = before.getTimeZoneTransition('next');
  if (change === null) return { offsetMs };
  const atMs = change.epochMilliseconds;
  const dayStartMs = Date.UTC(year, month - 1, day) - offsetMs;
  const hoursMs = 3_600_000;
  return atMs <= dayStartMs + 25 * hoursMs
    ? { offsetMs, change: { atMs, offsetMs: change.offsetNanoseconds / nsPerMs } }
    : { offsetMs };
};

/** The changes of the clocks of a zone in a span of time, milliseconds since the epoch. */
export const clockChanges = (zone: string, fromMs: number, toMs: number): readonly number[] => {
  const changes: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  while (at !== null && at.epochMilliseconds < toMs) {
    changes.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return changes;
};

/** The local time of an instant, with its offset: `2027-03-28T03:00:00+02:00`. */
export const localText = (atMs: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });

/**
 * The instant of a local time `YYYY-MM-DDTHH:MM:SS`; one that comes twice is its first, one that does not exist is after the change.
 * @throws AppError `schedule.invalid`
 */
export const instantOf = (local: string, zone: string): number => {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
  } catch {
    throw invalid(`'${local}' is not a date and a time`, 'Such as 2027-06-06T13:15:00.');
  }
};

/** Year and month of an instant in a zone. */
export const monthIn = (
  atMs: number,
  zone: string,
): { readonly year: number; readonly month: number; readonly day: number } => {
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
  return { year, month, day };
};
