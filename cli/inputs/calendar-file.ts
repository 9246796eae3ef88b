import { basename } from 'node:path';
import type { ParameterValue, VEvent } from 'node-ical';
import { parse } from 'yaml';
import * as z from 'zod';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { type Blackout, blackoutSchema, type Calendar } from '#shared/model/schedule.ts';
import { instantOf } from '#shared/schedule/zone.ts';
import type { CliHost } from '../host.ts';
import { readInputFile } from './read-file.ts';

/** How far ahead recurring events are laid out. */
const horizonMs = 2 * 366 * 86_400_000;
const maxBlackouts = 1000;

/** How a calendar is read. */
export interface CalendarLook {
  /** Zone in which whole days are meant. */
  readonly zone: string;
  /** Milliseconds since the epoch; events that ended before are left out. */
  readonly now: number;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A whole day is a date without a zone: its midnight is that of the schedule. */
const dayIn = (date: Date, zone: string): string =>
  new Date(
    instantOf(`${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T00:00:00`, zone),
  ).toISOString();

const summaryOf = (summary: ParameterValue | undefined): string | undefined => {
  const text = typeof summary === 'string' ? summary : summary?.val;
  return text === undefined || text.trim() === '' ? undefined : text.trim().slice(0, 200);
};

/** Loaded only here: no other command should pay for it. */
const loadReader = async () => (await import('node-ical')).default;
type ICalReader = Awaited<ReturnType<typeof loadReader>>;

const eventBlackouts = (ical: ICalReader, event: VEvent, { zone, now }: CalendarLook): readonly Blackout[] =>
  ical
    .expandRecurringEvent(event, {
      ...{ from: new Date(now), to: new Date(now + horizonMs), expandOngoing: true },
    })
    .map(({ start, end, summary, isFullDay }) => {
      const text = summaryOf(summary);
      return {
        from: isFullDay ? dayIn(start, zone) : start.toISOString(),
        to: isFullDay ? dayIn(end, zone) : end.toISOString(),
        ...(text === undefined ? {} : { summary: text }),
      };
    });

const fromICalendar = async (text: string, look: CalendarLook): Promise<readonly Blackout[]> => {
  const ical = await loadReader();
  return Object.values(ical.sync.parseICS(text)).flatMap((part) =>
    part !== undefined && 'type' in part && part.type === 'VEVENT' && part.status !== 'CANCELLED'
      ? eventBlackouts(ical, part, look)
      : [],
  );
};

const fromList = (text: string): readonly Blackout[] => z.array(blackoutSchema).parse(parse(text) ?? []);

/**
 * Reads the blackouts of a file: an iCalendar file, whose events are laid out for two years, or a YAML or JSON list of `{from, to, summary}`.
 * @throws AppError `usage.invalid` with what is wrong in the file
 */
export const readCalendar = async (
  host: Pick<CliHost, 'stdin'>,
  path: string,
  look: CalendarLook,
): Promise<Calendar> => {
  const { text, fileName } = await readInputFile(host, path);
  const isICalendar = /^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text);
  let blackouts: readonly Blackout[];
  try {
    blackouts = isICalendar ? await fromICalendar(text, look) : fromList(text);
  } catch (cause) {
    const said = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new AppError('usage.invalid', `${fileName}: ${said}`, {
      cause,
      hint: 'Give an iCalendar file, or a list such as: [{from: 2027-12-24T00:00:00Z, to: 2027-12-27T00:00:00Z, summary: Christmas}]',
    });
  }
  const kept = blackouts
    .filter(({ from, to }) => from < to && Date.parse(to) > look.now)
    .toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from));
  if (kept.length > maxBlackouts)
    throw new AppError(
      'usage.invalid',
      `${fileName} has ${kept.length} blackouts in two years; ${maxBlackouts} are allowed`,
    );
  return { name: basename(fileName), blackouts: kept };
};
