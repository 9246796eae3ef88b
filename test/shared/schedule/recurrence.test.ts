import fc from 'fast-check';
import ical from 'node-ical';
import { describe, expect, test } from 'vitest';
import { comesOn, dateOf, dayOf, parseRecurrence } from '#shared/schedule/recurrence.ts';

const daysOf = (rule: string, start: string, count: number): readonly string[] => {
  const parsed = parseRecurrence(rule);
  const first = dayOf(start);
  const found: string[] = [];
  for (let day = first; found.length < count && day < first + 40_000; day += 1)
    if (comesOn(parsed, first, day)) found.push(dateOf(day));
  return found;
};

describe('a recurrence rule', () => {
  // Examples of RFC 5545, 3.8.5.3, and holidays.
  test.each([
    ['FREQ=YEARLY', '2024-02-29', ['2024-02-29', '2028-02-29', '2032-02-29']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2026-11-26', ['2026-11-26', '2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO', '2026-05-25', ['2026-05-25', '2027-05-31', '2028-05-29']],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '1996-11-05',
      ['1996-11-05', '2000-11-07', '2004-11-02'],
    ],
    ['FREQ=YEARLY;BYDAY=20MO', '1997-05-19', ['1997-05-19', '1998-05-18', '1999-05-17']],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1997-05-12', ['1997-05-12', '1998-05-11', '1999-05-17']],
    ['FREQ=YEARLY;BYWEEKNO=1', '2025-12-29', ['2025-12-29', '2027-01-04', '2028-01-03']],
    [
      'FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200',
      '1997-01-01',
      ['1997-01-01', '1997-04-10', '1997-07-19', '2000-01-01'],
    ],
    ['FREQ=YEARLY;BYMONTH=6,7', '1997-06-10', ['1997-06-10', '1997-07-10', '1998-06-10']],
    ['FREQ=MONTHLY;BYDAY=-2MO', '1997-09-22', ['1997-09-22', '1997-10-20', '1997-11-17']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-31']],
    ['FREQ=MONTHLY', '2026-01-31', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-01-30', ['2026-01-30', '2026-02-27', '2026-03-31']],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2026-02-13', ['2026-02-13', '2026-03-13', '2026-11-13']],
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO',
      '1997-08-05',
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU',
      '1997-08-05',
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
    ['FREQ=DAILY;INTERVAL=2;BYDAY=TU', '2026-01-06', ['2026-01-06', '2026-01-20', '2026-02-03']],
    ['FREQ=DAILY;INTERVAL=10', '2026-12-25', ['2026-12-25', '2027-01-04', '2027-01-14']],
    ['FREQ=DAILY;BYMONTH=1;BYDAY=SA,SU', '2026-01-03', ['2026-01-03', '2026-01-04', '2026-01-10']],
  ])('%s from %s', (rule, start, expected) => {
    expect(daysOf(rule, start, expected.length)).toEqual(expected);
  });

  test('has its first day, whatever it says', () => {
    expect(daysOf('FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25', '2026-12-24', 3)).toEqual([
      ...['2026-12-24', '2026-12-25', '2027-12-25'],
    ]);
  });

  test.each([
    ['FREQ=HOURLY', /FREQ is one of/],
    ['BYMONTH=1', /FREQ is one of/],
    ['FREQ=DAILY;BYHOUR=3', /'BYHOUR=3' is not understood/],
    ['FREQ=DAILY;COUNT=3', /'COUNT=3' is not understood/],
    ['FREQ=YEARLY;BYMONTH=13', /'13' is not a number up to 12/],
    ['FREQ=YEARLY;BYMONTHDAY=0', /'0' is not a number/],
    ['FREQ=YEARLY;BYDAY=XX', /'XX' is not a day of the week/],
    ['FREQ=WEEKLY;BYDAY=2MO', /a week has each day once/],
    ['FREQ=MONTHLY;BYWEEKNO=3', /go with FREQ=YEARLY/],
    ['FREQ=YEARLY;BYWEEKNO=3;BYSETPOS=1', /does not go with BYSETPOS/],
    ['FREQ=DAILY;INTERVAL=-1', /INTERVAL is above 0/],
    ['FREQ=DAILY;', /'' is not understood/],
  ])('%s is refused with the reason', (rule, reason) => {
    expect(() => parseRecurrence(rule)).toThrow(reason);
  });
});

const days = fc.uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), { minLength: 1, maxLength: 3 });
const numbers = (most: number) => fc.uniqueArray(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 3 });
const part = (name: string, values: fc.Arbitrary<readonly (string | number)[]>) =>
  fc.option(
    values.map((list) => `${name}=${list.join(',')}`),
    { nil: undefined },
  );
const interval = fc.integer({ min: 1, max: 3 }).map((count) => `INTERVAL=${count}`);
/** Of a rule of days with both an interval and days of the week, the reader gives days that the interval does not name; the vectors above have one. */
const rules = fc.oneof(
  fc.tuple(fc.constant('FREQ=DAILY'), part('BYMONTH', numbers(12)), part('BYDAY', days)),
  fc.tuple(fc.constant('FREQ=DAILY'), interval),
  fc.tuple(fc.constant('FREQ=WEEKLY'), interval, part('BYDAY', days)),
  fc.tuple(fc.constant('FREQ=MONTHLY'), interval, part('BYMONTHDAY', numbers(31)), part('BYDAY', days)),
  fc.tuple(
    ...([fc.constant('FREQ=MONTHLY'), interval] as const),
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), days)
      .map(([nth, list]) => `BYDAY=${list.map((day) => `${nth}${day}`).join(',')}`),
  ),
  fc.tuple(
    fc.constant('FREQ=MONTHLY'),
    interval,
    days.map((list) => `BYDAY=${list.join(',')}`),
    fc.constantFrom('BYSETPOS=1', 'BYSETPOS=-1'),
  ),
  fc.tuple(fc.constant('FREQ=YEARLY'), interval, part('BYMONTH', numbers(12)), part('BYMONTHDAY', numbers(28))),
  fc.tuple(
    fc.constant('FREQ=YEARLY'),
    interval,
    numbers(12).map((list) => `BYMONTH=${list.join(',')}`),
    days.map((list) => `BYDAY=${list.map((day) => `-1${day}`).join(',')}`),
  ),
);

test('comes on the days that the reader of iCalendar files lays it out on, over eight years', () => {
  const start = '2026-01-05';
  fc.assert(
    fc.property(rules, (parts) => {
      const rule = parts.filter((one) => one !== undefined).join(';');
      const text = [
        ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1', 'DTSTART:20260105T120000Z'],
        ...['DTEND:20260105T130000Z', `RRULE:${rule}`, 'END:VEVENT', 'END:VCALENDAR'],
      ].join('\r\n');
      const [event] = Object.values(ical.sync.parseICS(text)).filter((one) => one?.type === 'VEVENT');
      if (event?.type !== 'VEVENT') throw new Error('no event');
      const laid = ical
        .expandRecurringEvent(event, { from: new Date('2026-01-06T00:00:00Z'), to: new Date('2034-01-01T00:00:00Z') })
        .map((one) => one.start.toISOString().slice(0, 10));
      const [from, parsed] = [dayOf(start), parseRecurrence(rule)];
      const own: string[] = [];
      for (let day = from + 1; day < dayOf('2034-01-01'); day += 1)
        if (comesOn(parsed, from, day)) own.push(dateOf(day));
      expect(own, rule).toEqual(laid);
    }),
    { numRuns: 60 },
  );
});
