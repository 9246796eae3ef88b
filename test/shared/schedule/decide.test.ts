import { describe, expect, it } from 'vitest';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import { chooseCatchUp, decideFiring, turnUnder, turnWishOf } from '#shared/schedule/decide.ts';
import { delayOf, dueTimeAt, dueTimesOf, formOf } from '#shared/schedule/schedule-times.ts';

const now = Date.parse('2027-05-03T12:00:00Z');
const minutes = (count: number): number => count * 60_000;
const plain: Pick<ScheduleRecord, 'enabled' | 'calendars'> = { enabled: true, calendars: [] };
const times = { expression: '*/5 * * * *', anchorAt: '2027-05-01T00:00:20Z' };
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

describe('what becomes of a due time', () => {
  it.each([
    ['in time', plain, 0, { start: true }],
    ['a little late', plain, minutes(1), { start: true }],
    ['too late', plain, minutes(1) + 1, { start: false, status: 'missed' }],
    ['late, within the deadline', { ...plain, catchUp: { deadline: '10m' } }, minutes(9), { start: true }],
    ['past the deadline', { ...plain, catchUp: { deadline: '2m' } }, minutes(3), { start: false, status: 'missed' }],
    ['late by its jitter', { ...plain, jitter: '5m' }, minutes(6), { start: true }],
    ['while paused', { ...plain, enabled: false }, 0, { start: false, status: 'paused' }],
  ])('%s', (_, schedule, lateMs, expected) =>
    expect(decideFiring(schedule, now - lateMs, now)).toMatchObject(expected),
  );

  it('is held back by a blackout, which ends where the next time begins', () => {
    const blackouts = [{ from: '2027-05-03T11:00:00Z', to: '2027-05-03T14:00:00+02:00', summary: 'freeze' }];
    const held = { ...plain, calendars: [{ name: 'freezes', blackouts }] };
    expect(decideFiring(held, now - minutes(1), now - minutes(1))).toEqual({
      start: false,
      status: 'blackedOut',
      reason: "In a blackout of the calendar 'freezes' (freeze) until 2027-05-03T14:00:00+02:00",
    });
    expect(decideFiring(held, now, now)).toEqual({ start: true });
  });

  it('catches up the last one only, and only within the deadline', () => {
    const dues = [now - minutes(3), now - minutes(2), now - minutes(1.5)];
    expect(chooseCatchUp({ catchUp: { deadline: '2m' } }, dues, now)).toBe(now - minutes(1.5));
    expect(chooseCatchUp({ catchUp: { deadline: '80s' } }, dues, now)).toBeUndefined();
    expect(chooseCatchUp({}, dues, now)).toBeUndefined();
    expect(chooseCatchUp({}, [], now)).toBeUndefined();
  });

  it('stands in the line of its schedule, or in that of its job', () => {
    const own = { key: 'shop', policy: 'queue', limit: 3 } as const;
    expect(turnUnder(undefined, turnWishOf('nightly', 'skip'))).toEqual({
      ...{ key: 'schedule:nightly', policy: 'reject', limit: 1 },
    });
    expect(turnUnder(own, turnWishOf('nightly', 'replace'))).toEqual({ key: 'shop', policy: 'replace', limit: 1 });
    expect(turnUnder(own, turnWishOf('nightly', 'allow'))).toEqual(own);
  });
});

describe('the due times of a schedule', () => {
  it('lie between its start and its end', () => {
    const bounded = { ...times, start: '2027-05-03T12:05:00Z', end: '2027-05-03T14:15:00+02:00' };
    expect([...dueTimesOf(bounded, { afterMs: now })].map(({ atMs }) => iso(atMs))).toEqual([
      ...['2027-05-03T12:05:00.000Z', '2027-05-03T12:10:00.000Z', '2027-05-03T12:15:00.000Z'],
    ]);
  });

  it('are found from the time of a call, within a minute', () => {
    expect(iso(dueTimeAt(times, now + 59_000))).toBe('2027-05-03T12:00:00.000Z');
    expect(dueTimeAt(times, now + 60_000)).toBeUndefined();
    expect(dueTimeAt(times, now - 1)).toBeUndefined();
  });

  it('count a rate from a whole minute, or from its start', () => {
    const rate = { ...times, expression: 'rate(1 hour)' };
    expect(formOf(rate)).toMatchObject({ firstMs: Date.parse('2027-05-01T01:01:00Z') });
    expect(formOf({ ...rate, start: '2027-05-02T08:00:00Z' })).toMatchObject({
      firstMs: Date.parse('2027-05-02T08:00:00Z'),
    });
  });

  it('are put off by the same jitter each time it is asked', () => {
    const one = { name: 'a', jitter: '10m' };
    const delays = Array.from({ length: 50 }, (_, index) => delayOf(one, now + index * minutes(5)));
    expect(delays).toEqual(Array.from({ length: 50 }, (_, index) => delayOf(one, now + index * minutes(5))));
    expect(new Set(delays).size).toBeGreaterThan(40);
    expect(Math.max(...delays)).toBeLessThan(minutes(10));
    expect(delayOf({ name: 'a' }, now)).toBe(0);
  });
});
