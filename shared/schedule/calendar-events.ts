import type { Blackout, Calendar, CalendarEvent } from '../model/schedule.ts';
import { comesOn, dateOf, dayOf, parseRecurrence, type RecurrenceRule } from './recurrence.ts';
import { instantOf, localText, readZone } from './zone.ts';

/** Rules that were read, by their text: a preview asks for many instants. */
const readRules = new Map<string, RecurrenceRule>();
const mostRules = 1_000;

const ruleOf = ({ rule }: CalendarEvent): RecurrenceRule => {
  const known = readRules.get(rule);
  if (known !== undefined) return known;
  if (readRules.size >= mostRules) readRules.clear();
  const read = parseRecurrence(rule);
  readRules.set(rule, read);
  return read;
};

const secondsOfDay = 86_400;

/** `2027-12-25` or `2027-12-25T08:00:00`, of the same form as the first start of the event. */
const startOn = ({ start }: CalendarEvent, day: number): string => `${dateOf(day)}${start.slice(10)}`;

/** Start and end of the event that begins on a day, milliseconds since the epoch. */
const spanOn = (event: CalendarEvent, day: number): { readonly fromMs: number; readonly toMs: number } => {
  const { zone, days, seconds = 0 } = event;
  const midnight = (one: number) => instantOf(`${dateOf(one)}T00:00:00`, zone);
  if (days !== undefined) return { fromMs: midnight(day), toMs: midnight(day + days) };
  const fromMs = instantOf(startOn(event, day), zone);
  return { fromMs, toMs: fromMs + seconds * 1000 };
};

/** A recurring event that holds at an instant, whatever the year. Only days from which it could reach there are looked at. */
export const eventAt = (event: CalendarEvent, atMs: number): Blackout | undefined => {
  const { start, until, except, days = 0, seconds = 0, summary } = event;
  const [first, today] = [dayOf(start), dayOf(localText(atMs, event.zone))];
  const reach = Math.max(days, Math.ceil(seconds / secondsOfDay)) + 1;
  for (let day = Math.max(first, today - reach); day <= today + 1; day += 1) {
    const local = startOn(event, day);
    if (until !== undefined && local > until) return undefined;
    if (except?.includes(local) || !comesOn(ruleOf(event), first, day)) continue;
    const { fromMs, toMs } = spanOn(event, day);
    if (fromMs <= atMs && atMs < toMs)
      return {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        ...(summary === undefined ? {} : { summary }),
      };
  }
  return undefined;
};

/** Whether an event never comes any more, nor still goes on. */
export const isOver = (event: CalendarEvent, nowMs: number): boolean =>
  event.until !== undefined && spanOn(event, dayOf(event.until)).toMs <= nowMs;

/** Days that are looked through for the end of a rule that counts: a century. */
const mostDays = 36_525;

/** The local start of the `count`-th time that an event comes; undefined when that is more than a century away. */
export const startOfNth = (event: Pick<CalendarEvent, 'start' | 'rule'>, count: number): string | undefined => {
  const rule = parseRecurrence(event.rule);
  const first = dayOf(event.start);
  let left = count;
  for (let day = first; day <= first + mostDays; day += 1) {
    if (!comesOn(rule, first, day)) continue;
    left -= 1;
    if (left === 0) return `${dateOf(day)}${event.start.slice(10)}`;
  }
  return undefined;
};

/**
 * Reads rules and zones of calendars, to refuse what nobody could lay out later.
 * @throws AppError `schedule.invalid`
 */
export const checkCalendars = (calendars: readonly Calendar[]): void => {
  for (const event of calendars.flatMap(({ events = [] }) => events)) {
    parseRecurrence(event.rule);
    readZone(event.zone);
    spanOn(event, dayOf(event.start));
  }
};
