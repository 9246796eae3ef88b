import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CalendarEvent, calendarEventSchema } from '#shared/model/schedule.ts';
import { checkCalendars, eventAt, isOver, startOfNth } from '#shared/schedule/calendar-events.ts';
import { blackoutAt } from '#shared/schedule/decide.ts';
import { dateOf, dayOf } from '#shared/schedule/recurrence.ts';
import { instantOf } from '#shared/schedule/zone.ts';

const at = (text: string): number => Date.parse(text);
const christmas: CalendarEvent = {
  ...{ start: '2020-12-24', zone: 'Europe/Madrid', days: 3, rule: 'FREQ=YEARLY', summary: 'Christmas' },
};
const weekly: CalendarEvent = {
  ...{ start: '2026-03-05T22:00:00', zone: 'America/New_York', seconds: 4 * 3600, rule: 'FREQ=WEEKLY;BYDAY=TH' },
};

describe('an event that comes again', () => {
  test.each([2026, 2031, 2060])('holds in %d, on days of its zone', (year) => {
    const span = { from: `${year}-12-23T23:00:00.000Z`, to: `${year}-12-26T23:00:00.000Z`, summary: 'Christmas' };
    for (const inside of [`${year}-12-23T23:00:00Z`, `${year}-12-25T12:00:00Z`, `${year}-12-26T22:59:59Z`])
      expect(eventAt(christmas, at(inside)), inside).toEqual(span);
    for (const outside of [`${year}-12-23T22:59:59Z`, `${year}-12-26T23:00:00Z`, `${year}-06-01T00:00:00Z`])
      expect(eventAt(christmas, at(outside)), outside).toBeUndefined();
  });

  test('keeps to the clocks of its zone, and goes on over midnight', () => {
    // Winter: 22:00 is 03:00 UTC of the next day; summer: 02:00.
    expect(eventAt(weekly, at('2026-03-06T03:00:00Z'))).toEqual({
      ...{ from: '2026-03-06T03:00:00.000Z', to: '2026-03-06T07:00:00.000Z' },
    });
    expect(eventAt(weekly, at('2026-03-06T02:59:59Z'))).toBeUndefined();
    expect(eventAt(weekly, at('2029-07-06T02:00:00Z'))?.from).toBe('2029-07-06T02:00:00.000Z');
    expect(eventAt(weekly, at('2029-07-06T06:00:00Z'))).toBeUndefined();
  });

  test('is not before its first start, not after its last, and not where it is left out', () => {
    const some = { ...christmas, until: '2025-12-24', except: ['2022-12-24'] };
    const years = [2019, 2020, 2021, 2022, 2023, 2025, 2026].filter((year) =>
      eventAt(some, at(`${year}-12-25T12:00:00Z`)),
    );
    expect(years).toEqual([2020, 2021, 2023, 2025]);
    expect(isOver(some, at('2025-12-26T22:00:00Z'))).toBe(false);
    expect(isOver(some, at('2025-12-26T23:00:00Z'))).toBe(true);
    expect(isOver(christmas, at('2099-01-01T00:00:00Z'))).toBe(false);
  });

  test('of a year’s length meets itself', () => {
    const always = { ...christmas, days: 366 };
    for (const instant of ['2021-01-01T00:00:00Z', '2040-12-24T00:00:00Z', '2041-07-01T00:00:00Z'])
      expect(eventAt(always, at(instant))).toBeDefined();
  });

  test('is found among blackouts, with its calendar', () => {
    const calendars = [
      { name: 'none', blackouts: [] },
      { name: 'days.ics', blackouts: [], events: [christmas] },
    ];
    expect(blackoutAt(calendars, at('2033-12-25T00:00:00Z'))).toMatchObject({
      calendar: 'days.ics',
      summary: 'Christmas',
    });
    expect(blackoutAt(calendars, at('2033-11-25T00:00:00Z'))).toBeUndefined();
  });

  test('holds exactly in the spans that it lays out day by day', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', '+05:30');
    const rules = fc.constantFrom(
      'FREQ=DAILY;INTERVAL=9',
      'FREQ=WEEKLY;BYDAY=SU',
      'FREQ=MONTHLY;BYDAY=-1SU',
      'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
    );
    const hours = fc.integer({ min: 0, max: 23 });
    const instants = fc.integer({ min: at('2027-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    const lengths = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(fc.tuple(zones, rules, hours, lengths), instants, ([zone, rule, hour, lasts], atMs) => {
        const time = `T${String(hour).padStart(2, '0')}:30:00`;
        const event: CalendarEvent = { start: `2027-01-03${time}`, zone, rule, seconds: lasts * 3600 };
        const found = eventAt(event, atMs);
        const near = dayOf(new Date(atMs).toISOString());
        const starts = Array.from({ length: 12 }, (_, index) => `${dateOf(near - 8 + index)}${time}`).filter(
          (local) => local >= event.start && startsOf(event).has(local),
        );
        const holds = starts.filter((local) => {
          const fromMs = instantOf(local, zone);
          return fromMs <= atMs && atMs < fromMs + lasts * 3_600_000;
        });
        expect(found !== undefined, JSON.stringify({ event, at: new Date(atMs).toISOString() })).toBe(holds.length > 0);
        if (found !== undefined)
          expect(holds.map((local) => new Date(instantOf(local, zone)).toISOString())).toContain(found.from);
      }),
      { numRuns: 150 },
    );
  });
});

const known = new Map<string, ReadonlySet<string>>();

/** Local starts in three years, one after the other. */
const startsOf = (event: CalendarEvent): ReadonlySet<string> => {
  const key = `${event.rule} ${event.start}`;
  const starts = known.get(key) ?? new Set(startsInOrder(event));
  known.set(key, starts);
  return starts;
};

function* startsInOrder(event: CalendarEvent): Generator<string> {
  for (let nth = 1; ; nth += 1) {
    const local = startOfNth(event, nth);
    if (local === undefined || local > '2030-01-03') return;
    yield local;
  }
}

test('a rule that counts ends with its last start', () => {
  expect(startOfNth({ start: '2026-01-02', rule: 'FREQ=YEARLY' }, 5)).toBe('2030-01-02');
  expect(startOfNth({ start: '2026-01-02T10:00:00', rule: 'FREQ=WEEKLY;BYDAY=FR' }, 3)).toBe('2026-01-16T10:00:00');
  expect(startOfNth({ start: '2026-02-29', rule: 'FREQ=YEARLY;INTERVAL=100' }, 5)).toBeUndefined();
});

test.each([
  [{ zone: 'Nowhere/Town' }, /Nowhere/],
  [{ rule: 'FREQ=HOURLY' }, /FREQ is one of/],
])('%j is refused when it is put', (change, reason) => {
  expect(() => checkCalendars([{ name: 'c', blackouts: [], events: [{ ...christmas, ...change }] }])).toThrow(reason);
});

test.each([
  [{ start: '2026-12-24T00:00:00' }],
  [{ start: '24.12.2026' }],
  [{ days: 0 }],
  [{ days: undefined, seconds: 60 }],
  [{ seconds: 60 }],
])('an event with %j is none', (change) => {
  expect(calendarEventSchema.safeParse({ ...christmas, ...change }).success).toBe(false);
  expect(calendarEventSchema.safeParse(christmas).success).toBe(true);
});
