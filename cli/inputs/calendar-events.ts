import type { ParameterValue, VEvent } from 'node-ical';
import { AppError } from '#shared/errors/app-error.ts';
import type { Blackout, CalendarEvent } from '#shared/model/schedule.ts';
import { startOfNth } from '#shared/schedule/calendar-events.ts';
import { dateOf, dayOf } from '#shared/schedule/recurrence.ts';
import { instantOf, localText } from '#shared/schedule/zone.ts';

/** What the events of an iCalendar file come to. */
export interface EventParts {
  readonly blackouts: readonly Blackout[];
  readonly events: readonly CalendarEvent[];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The reader gives a date or time without a zone as a `Date` whose local fields are those that are written. */
const writtenDate = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const writtenTime = (date: Date): string =>
  `${writtenDate(date)}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

const summaryOf = (summary: ParameterValue | undefined): { readonly summary?: string } => {
  const text = (typeof summary === 'string' ? summary : summary?.val)?.trim();
  return text === undefined || text === '' ? {} : { summary: text.slice(0, 200) };
};

/** How times of an event are meant. */
interface Frame {
  readonly isWholeDay: boolean;
  /** Its own zone, or that of the schedule for whole days and times without one. */
  readonly zone: string;
  readonly isFloating: boolean;
}

const frameOf = ({ datetype, start }: Pick<VEvent, 'datetype' | 'start'>, zone: string): Frame => {
  const isWholeDay = datetype === 'date';
  return {
    isWholeDay,
    zone: isWholeDay ? zone : (start.tz ?? zone),
    isFloating: !isWholeDay && start.tz === undefined,
  };
};

/** A start as it is on the clocks of the zone: a date, or a date and a time. */
const localOf = (date: Date, { isWholeDay, isFloating, zone }: Frame): string => {
  if (isWholeDay) return writtenDate(date);
  return isFloating ? writtenTime(date) : localText(date.getTime(), zone).slice(0, 19);
};

const instantIn = (local: string, zone: string): string =>
  new Date(instantOf(local.includes('T') ? local : `${local}T00:00:00`, zone)).toISOString();

const spanOf = (
  { start, end }: Pick<VEvent, 'start' | 'end'>,
  frame: Frame,
): { days: number } | { seconds: number } => {
  const until = end ?? start;
  if (frame.isWholeDay) return { days: Math.max(1, dayOf(writtenDate(until)) - dayOf(writtenDate(start))) };
  return { seconds: Math.round((until.getTime() - start.getTime()) / 1000) };
};

/** The blackout of an event that comes once, or of a single coming of one that comes again. */
const blackoutFrom = (local: string, event: VEvent, frame: Frame): Blackout => {
  const span = spanOf(event, frame);
  const from = instantIn(local, frame.zone);
  const to =
    'days' in span
      ? instantIn(dateOf(dayOf(local) + span.days), frame.zone)
      : new Date(Date.parse(from) + span.seconds * 1000).toISOString();
  return { from, to, ...summaryOf(event.summary) };
};

/** Starts beside the rule, `20270313T100000` with or without a Z; the reader leaves them as they are written. */
const extraStarts = (event: VEvent, frame: Frame): readonly string[] => {
  const given: unknown = Reflect.get(event, 'rdate');
  const values = [given].flat().flatMap((one): readonly string[] => {
    const text = typeof one === 'object' && one !== null ? Reflect.get(one, 'val') : one;
    return typeof text === 'string' ? text.split(',') : [];
  });
  return values.map((text) => {
    const [, year, month, day, hour, minute, second, isUtc] =
      /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(text.trim()) ?? [];
    if (year === undefined) throw new AppError('usage.invalid', `The RDATE '${text}' is not a date or a time`);
    const date = `${year}-${month}-${day}`;
    if (frame.isWholeDay || hour === undefined) return frame.isWholeDay ? date : `${date}T00:00:00`;
    const local = `${date}T${hour}:${minute}:${second}`;
    return isUtc ? localText(Date.parse(`${local}Z`), frame.zone).slice(0, 19) : local;
  });
};

/** Local starts at which an event does not come. A day that is left out of an event with times leaves out its time of that day. */
const exceptOf = (event: VEvent, start: string, frame: Frame): readonly string[] => {
  const given = Object.values(event.exdate ?? {}).map((date): string => {
    if (!(date instanceof Date)) return '';
    if ('dateOnly' in date) return `${writtenDate(date)}${start.slice(10)}`;
    return localOf(date, frame);
  });
  return given.filter((local) => local !== '');
};

interface Override {
  readonly replaces: string;
  readonly event: VEvent;
}

const overridesOf = (event: VEvent, frame: Frame): readonly Override[] =>
  [...new Set(Object.values(event.recurrences ?? {}))].flatMap((one) => {
    const id: unknown = Reflect.get(one, 'recurrenceid');
    return id instanceof Date ? [{ replaces: localOf(id, frame), event: { ...event, ...one } }] : [];
  });

const ruleOf = (event: VEvent): string | undefined => /^RRULE:(.+)$/m.exec(event.rrule?.toString() ?? '')?.[1]?.trim();

/** Rule parts that say when it ends; the end is kept beside the rule. */
const isOfEnd = (part: string): boolean => /^(UNTIL|COUNT)=/i.test(part);

/** The last local start: the end of a whole-day rule is a date, that of times is told in UTC unless they have no zone. */
const untilOf = (event: VEvent, start: string, rule: string, frame: Frame): { readonly until?: string } => {
  const { until, count } = event.rrule?.options ?? {};
  if (typeof count === 'number') {
    const last = startOfNth({ start, rule }, count);
    return last === undefined ? {} : { until: last };
  }
  if (!(until instanceof Date)) return {};
  const written = until.toISOString();
  if (frame.isWholeDay) return { until: written.slice(0, 10) };
  return { until: frame.isFloating ? written.slice(0, 19) : localText(until.getTime(), frame.zone).slice(0, 19) };
};

const recurring = (event: VEvent, rule: string, frame: Frame): EventParts => {
  const start = localOf(event.start, frame);
  const endless = rule
    .split(';')
    .filter((part) => !isOfEnd(part))
    .join(';');
  const overrides = overridesOf(event, frame);
  const except = [...new Set([...exceptOf(event, start, frame), ...overrides.map(({ replaces }) => replaces)])];
  const kept: CalendarEvent = {
    ...{ start, zone: frame.zone, ...spanOf(event, frame), rule: endless },
    ...untilOf(event, start, endless, frame),
    ...(except.length === 0 ? {} : { except }),
    ...summaryOf(event.summary),
  };
  const moved = overrides
    .filter((one) => one.event.status !== 'CANCELLED')
    .map((one) =>
      blackoutFrom(localOf(one.event.start, frameOf(one.event, frame.zone)), one.event, frameOf(one.event, frame.zone)),
    );
  return { blackouts: moved, events: [kept] };
};

/**
 * What an event of an iCalendar file keeps schedules from: one that comes again is kept with its rule, one that comes once as its span. `zone` is that of
 * whole days and of times without a zone.
 * @throws AppError `schedule.invalid`, `usage.invalid` for what cannot be read
 */
export const eventParts = (event: VEvent, zone: string): EventParts => {
  const frame = frameOf(event, zone);
  const rule = ruleOf(event);
  const starts = rule === undefined ? [localOf(event.start, frame)] : [];
  const once = [...starts, ...extraStarts(event, frame)].map((local) => blackoutFrom(local, event, frame));
  if (rule === undefined) return { blackouts: once, events: [] };
  const { blackouts, events } = recurring(event, rule, frame);
  return { blackouts: [...once, ...blackouts], events };
};
