import { basename } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { blackoutSchema, type Calendar } from '#shared/model/schedule.ts';
import { checkCalendars, isOver } from '#shared/schedule/calendar-events.ts';
import type { CliHost } from '../host.ts';
import { type EventParts, eventParts } from './calendar-events.ts';
import { readInputFile } from './read-file.ts';

const mostParts = { blackouts: 1000, events: 200 } as const;

/** How a calendar is read. */
export interface CalendarLook {
  /** Zone in which whole days are meant. */
  readonly zone: string;
  /** Milliseconds since the epoch; events that ended before are left out. */
  readonly now: number;
}

/** Loaded only here: no other command should pay for it. */
const loadReader = async () => (await import('node-ical')).default;

const fromICalendar = async (text: string, { zone }: CalendarLook): Promise<EventParts> => {
  const ical = await loadReader();
  const parts = Object.values(ical.sync.parseICS(text)).flatMap((part) =>
    part !== undefined && 'type' in part && part.type === 'VEVENT' && part.status !== 'CANCELLED'
      ? [eventParts(part, zone)]
      : [],
  );
  return { blackouts: parts.flatMap(({ blackouts }) => blackouts), events: parts.flatMap(({ events }) => events) };
};

const fromList = (text: string): EventParts => ({
  blackouts: z.array(blackoutSchema).parse(parse(text) ?? []),
  events: [],
});

/** Without what is over, or takes no time. */
const toCome = ({ blackouts, events }: EventParts, now: number): EventParts => ({
  blackouts: blackouts
    .filter(({ from, to }) => from < to && Date.parse(to) > now)
    .toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from)),
  events: events.filter((event) => event.seconds !== 0 && !isOver(event, now)),
});

/**
 * Reads a calendar of a file: an iCalendar file, whose events that come again are kept with their rules, or a YAML or JSON list of
 * `{from, to, summary}`.
 * @throws AppError `usage.invalid` with what is wrong in the file
 */
export const readCalendar = async (
  host: Pick<CliHost, 'stdin'>,
  path: string,
  look: CalendarLook,
): Promise<Calendar> => {
  const { text, fileName } = await readInputFile(host, path);
  const isICalendar = /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text);
  const name = basename(fileName);
  try {
    const { blackouts, events } = toCome(isICalendar ? await fromICalendar(text, look) : fromList(text), look.now);
    const calendar = { name, blackouts: [...blackouts], ...(events.length === 0 ? {} : { events: [...events] }) };
    checkCalendars([calendar]);
    for (const kind of ['blackouts', 'events'] as const)
      if ((calendar[kind]?.length ?? 0) > mostParts[kind])
        throw new AppError('usage.invalid', `it has ${calendar[kind]?.length} ${kind}; ${mostParts[kind]} are allowed`);
    return calendar;
  } catch (cause) {
    const said = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new AppError('usage.invalid', `${fileName}: ${said}`, {
      cause,
      hint: 'Give an iCalendar file, or a list such as: [{from: 2027-12-24T00:00:00Z, to: 2027-12-27T00:00:00Z, summary: Christmas}]',
    });
  }
};
