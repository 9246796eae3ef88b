import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '#cli/inputs/calendar-file.ts';
import { blackoutAt } from '#shared/schedule/decide.ts';
import { makeFolder, makeHost } from '../test-host.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

/** Reads events, each a list of lines. */
const read = async (...events: readonly (readonly string[])[]) => {
  const folder = await makeFolder({});
  const body = events.flatMap((lines, index) => ['BEGIN:VEVENT', `UID:${index}`, ...lines, 'END:VEVENT']);
  const file = join(folder, 'days.ics');
  await writeFile(file, ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...body, 'END:VCALENDAR'].join('\r\n'));
  return readCalendar(makeHost().host, file, { zone: 'Europe/Madrid', now });
};
const holds = (calendar: Awaited<ReturnType<typeof read>>, at: string): boolean =>
  blackoutAt([calendar], Date.parse(at)) !== undefined;

const thursdays = ['DTSTART;TZID=Europe/Madrid:20260305T100000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=TH'];

describe('an iCalendar file', () => {
  test('keeps what comes again with its rule: a holiday of a later year is respected', async () => {
    const calendar = await read([
      ...['SUMMARY:New year', 'DTSTART;VALUE=DATE:20200101', 'DTEND;VALUE=DATE:20200102', 'RRULE:FREQ=YEARLY'],
    ]);
    expect(calendar).toEqual({
      ...{ name: 'days.ics', blackouts: [] },
      events: [{ start: '2020-01-01', zone: 'Europe/Madrid', days: 1, rule: 'FREQ=YEARLY', summary: 'New year' }],
    });
    for (const year of [2026, 2031, 2050]) {
      expect(holds(calendar, `${year - 1}-12-31T23:00:00Z`)).toBe(true);
      expect(holds(calendar, `${year}-01-01T23:00:00Z`)).toBe(false);
    }
  });

  test('keeps what comes once, however far ahead, and forgets what is over', async () => {
    const calendar = await read(
      ['DTSTART;VALUE=DATE:20250101', 'DTEND;VALUE=DATE:20250102'],
      ['DTSTART;VALUE=DATE:20250101', 'DTEND;VALUE=DATE:20250102', 'RRULE:FREQ=YEARLY;COUNT=1'],
      ['DTSTART:20330101T100000Z', 'DTEND:20330101T110000Z'],
      ['DTSTART:20330101T100000Z', 'STATUS:CANCELLED', 'DTEND:20330101T110000Z'],
    );
    expect(calendar).toEqual({
      ...{ name: 'days.ics', blackouts: [{ from: '2033-01-01T10:00:00.000Z', to: '2033-01-01T11:00:00.000Z' }] },
    });
  });

  test('goes by the clocks of the event’s own zone', async () => {
    const calendar = await read(thursdays);
    expect(calendar.events).toMatchObject([{ start: '2026-03-05T10:00:00', zone: 'Europe/Madrid', seconds: 3600 }]);
    expect(holds(calendar, '2026-03-05T09:30:00Z')).toBe(true);
    expect(holds(calendar, '2029-07-05T08:30:00Z')).toBe(true);
    expect(holds(calendar, '2029-07-05T09:30:00Z')).toBe(false);
  });

  test('means times without a zone in the zone of the schedule', async () => {
    const calendar = await read(['DTSTART:20260601T100000', 'DTEND:20260601T110000', 'RRULE:FREQ=MONTHLY;BYDAY=1MO']);
    expect(calendar.events).toMatchObject([{ start: '2026-06-01T10:00:00', zone: 'Europe/Madrid' }]);
    expect(holds(calendar, '2030-06-03T08:00:00Z')).toBe(true);
  });

  test('leaves out what is excluded, and puts what was moved where it went', async () => {
    const calendar = await read(
      [...thursdays, 'EXDATE;TZID=Europe/Madrid:20260312T100000', 'EXDATE;VALUE=DATE:20260326'],
      ['DTSTART:20260105T100000Z', 'DTEND:20260105T110000Z'],
    );
    expect(holds(calendar, '2026-03-12T09:30:00Z')).toBe(false);
    expect(holds(calendar, '2026-03-19T09:30:00Z')).toBe(true);
    expect(holds(calendar, '2026-03-26T09:30:00Z')).toBe(false);
    const folder = await makeFolder({});
    const file = join(folder, 'moved.ics');
    const series = (uid: string, ...lines: readonly string[]) => ['BEGIN:VEVENT', `UID:${uid}`, ...lines, 'END:VEVENT'];
    const lines = [
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x'],
      ...series('a', 'SUMMARY:Talk', ...thursdays),
      ...series(
        'a',
        'SUMMARY:Later',
        'RECURRENCE-ID;TZID=Europe/Madrid:20260319T100000',
        'DTSTART;TZID=Europe/Madrid:20260319T150000',
        'DURATION:PT2H',
      ),
      ...series(
        'a',
        'STATUS:CANCELLED',
        'RECURRENCE-ID;TZID=Europe/Madrid:20260402T100000',
        'DTSTART;TZID=Europe/Madrid:20260402T100000',
        'DURATION:PT1H',
      ),
      'END:VCALENDAR',
    ];
    await writeFile(file, lines.join('\r\n'));
    const moved = await readCalendar(makeHost().host, file, { zone: 'UTC', now });
    expect(moved.blackouts).toEqual([
      { from: '2026-03-19T14:00:00.000Z', to: '2026-03-19T16:00:00.000Z', summary: 'Later' },
    ]);
    expect(moved.events?.[0]?.except).toEqual(['2026-03-19T10:00:00', '2026-04-02T10:00:00']);
    expect(holds(moved, '2026-03-19T09:30:00Z')).toBe(false);
    expect(holds(moved, '2026-04-02T08:30:00Z')).toBe(false);
  });

  test('ends where its rule ends: by count, by day, by instant', async () => {
    const whole = ['DTSTART;VALUE=DATE:20260102', 'DTEND;VALUE=DATE:20260103'];
    const calendar = await read(
      [...whole, 'RRULE:FREQ=YEARLY;COUNT=5'],
      [...whole, 'RRULE:FREQ=MONTHLY;UNTIL=20260402'],
      [...thursdays.slice(0, 2), 'RRULE:FREQ=WEEKLY;UNTIL=20260319T090000Z'],
    );
    expect(calendar.events?.map(({ until }) => until)).toEqual(['2030-01-02', '2026-04-02', '2026-03-19T10:00:00']);
    expect(calendar.events?.map(({ rule }) => rule)).toEqual(['FREQ=YEARLY', 'FREQ=MONTHLY', 'FREQ=WEEKLY']);
    expect(holds(calendar, '2026-03-19T09:30:00Z')).toBe(true);
    expect(holds(calendar, '2026-03-26T09:30:00Z')).toBe(false);
  });

  test('has dates beside the rule', async () => {
    const calendar = await read([...thursdays, 'RDATE;TZID=Europe/Madrid:20260313T100000,20260314T100000']);
    expect(calendar.blackouts.map(({ from }) => from)).toEqual([
      '2026-03-13T09:00:00.000Z',
      '2026-03-14T09:00:00.000Z',
    ]);
  });

  test('is refused with what cannot be laid out, and with too much', async () => {
    await expect(
      read(['DTSTART:20260101T000000Z', 'DTEND:20260101T000500Z', 'RRULE:FREQ=HOURLY']),
    ).rejects.toMatchObject({
      ...{ code: 'usage.invalid', message: expect.stringMatching(/days\.ics: 'FREQ=HOURLY': FREQ is one of/) },
    });
    const many = Array.from({ length: 201 }, () => ['DTSTART;VALUE=DATE:20260102', 'RRULE:FREQ=YEARLY']);
    await expect(read(...many)).rejects.toMatchObject({ message: expect.stringMatching(/has 201 events; 200 are/) });
  });
});
