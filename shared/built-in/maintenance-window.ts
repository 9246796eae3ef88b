import { type MaintenanceWindow, type Window, weekdays } from '../model/operation.ts';

/** True for the IANA name of a time zone that this machine knows. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** A moment as the clocks on the walls of a time zone show it. */
interface WallTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly minute: number;
}

const wallTime = (formatter: Intl.DateTimeFormat, atMs: number): WallTime => {
  const parts = new Map(formatter.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return {
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
};

const formatterOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** Sunday is 0 for Date, and last in `weekdays`. */
const weekdayOf = (date: string): (typeof weekdays)[number] | undefined =>
  weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];

const isDay = ({ days, monthDays, dates }: Window, date: string): boolean => {
  if (days === undefined && monthDays === undefined && dates === undefined) return true;
  const weekday = weekdayOf(date);
  return (
    (weekday !== undefined && days?.includes(weekday) === true) ||
    monthDays?.includes(date.slice(5)) === true ||
    dates?.includes(date) === true
  );
};

const isInside = (window: Window, { date, minute }: WallTime): boolean => {
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  if (from < to) return minute >= from && minute < to && isDay(window, date);
  return (minute >= from && isDay(window, date)) || (minute < to && isDay(window, dayBefore(date)));
};

/** Farther ahead nobody waits for a window. */
const horizonDays = 400;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Whether a moment is inside a window, and when not, when the next one begins: within 400 days, else undefined. */
export type WindowVerdict = { readonly inside: true } | { readonly inside: false; readonly nextMs: number | undefined };

/**
 * Looks a moment up in a maintenance window. Hours are those of the clock on the wall: on a day that skips an hour, a window is as much
 * shorter. The next window is found to the minute.
 */
export const inMaintenanceWindow = ({ windows, timeZone }: MaintenanceWindow, nowMs: number): WindowVerdict => {
  const formatter = formatterOf(timeZone);
  const isOpen = (atMs: number): boolean => {
    const at = wallTime(formatter, atMs);
    return windows.some((window) => isInside(window, at));
  };
  if (isOpen(nowMs)) return { inside: true };
  const today = wallTime(formatter, nowMs).date;
  for (let day = 0; day < horizonDays; day += 1) {
    const date = new Date(Date.parse(`${today}T00:00:00Z`) + day * 24 * hourMs).toISOString().slice(0, 10);
    const openings = windows
      .filter((window) => isDay(window, date))
      .flatMap((window) => openingOn(formatter, isOpen, { date, minute: minuteOf(window.from), nowMs }) ?? []);
    if (openings.length > 0) return { inside: false, nextMs: Math.min(...openings) };
  }
  return { inside: false, nextMs: undefined };
};

/**
 * The first open minute around a wall time, after now. The zone's offset is taken from a moment nearby, so it may be wrong by a change of
 * the clocks: an hour or two to each side are walked.
 */
const openingOn = (
  formatter: Intl.DateTimeFormat,
  isOpen: (atMs: number) => boolean,
  { date, minute, nowMs }: WallTime & { readonly nowMs: number },
): number | undefined => {
  const asUtc = Date.parse(`${date}T00:00:00Z`) + minute * minuteMs;
  const shown = wallTime(formatter, asUtc);
  const offset = Date.parse(`${shown.date}T00:00:00Z`) + shown.minute * minuteMs - asUtc;
  const firstMinute = Math.ceil((nowMs + 1) / minuteMs) * minuteMs;
  const from = Math.max(asUtc - offset - 2 * hourMs, firstMinute);
  for (let at = from; at <= asUtc - offset + 2 * hourMs; at += minuteMs) if (isOpen(at)) return at;
  return undefined;
};
