import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { inMaintenanceWindow, isTimeZone } from '#shared/built-in/maintenance-window.ts';
import { maintenanceWindowSchema, type windowSchema } from '#shared/model/operation.ts';

const windowsOf = (timeZone: string, ...windows: readonly z.input<typeof windowSchema>[]) =>
  maintenanceWindowSchema.parse({ windows, timeZone });

const at = (text: string): number => Date.parse(text);

/** `open`, or when the next window opens. */
const verdict = (window: ReturnType<typeof windowsOf>, moment: string): string => {
  const found = inMaintenanceWindow(window, at(moment));
  if (found.inside) return 'open';
  return found.nextMs === undefined ? 'never' : new Date(found.nextMs).toISOString();
};

describe('inMaintenanceWindow', () => {
  const friday = windowsOf('Europe/Vienna', { from: '22:00', to: '04:00', days: ['fri'] });

  it.each([
    // 2026-11-20 is a Friday; Vienna is at +01:00.
    ['2026-11-20T20:59:59Z', '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T21:00:00Z', 'open'],
    ['2026-11-21T02:59:59Z', 'open'],
    ['2026-11-21T03:00:00Z', '2026-11-27T21:00:00.000Z'],
    ['2026-11-20T02:00:00Z', '2026-11-20T21:00:00.000Z'],
  ])('over midnight belongs to the day it begins: %s is %s', (moment, expected) => {
    expect(verdict(friday, moment)).toBe(expected);
  });

  it('is shorter on the day that skips an hour, and longer on the day that repeats one', () => {
    const night = windowsOf('Europe/Vienna', { from: '02:00', to: '03:00' });
    // 2026-03-29 has no 02:00 to 03:00 in Vienna; 2026-10-25 has it twice.
    expect(verdict(night, '2026-03-29T00:59:00Z')).toBe('2026-03-30T00:00:00.000Z');
    expect(verdict(night, '2026-10-25T00:30:00Z')).toBe('open');
    expect(verdict(night, '2026-10-25T01:30:00Z')).toBe('open');
    expect(verdict(night, '2026-10-25T02:00:00Z')).toBe('2026-10-26T01:00:00.000Z');
  });

  it('knows days of the year and single dates, and when none is left', () => {
    const days = windowsOf('UTC', { monthDays: ['12-24'], from: '08:00', to: '09:00' }, { dates: ['2026-12-01'] });
    expect(verdict(days, '2026-12-01T23:59:00Z')).toBe('open');
    expect(verdict(days, '2026-12-02T00:00:00Z')).toBe('2026-12-24T08:00:00.000Z');
    expect(verdict(windowsOf('UTC', { dates: ['2001-01-01'] }), '2026-01-01T00:00:00Z')).toBe('never');
  });

  it('finds the minute in which the next window opens, and no open minute before it', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const text = ([hour, minute]: readonly [number, number]) =>
      `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    const zone = fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe', 'Europe/Vienna');
    fc.assert(
      fc.property(
        time,
        time,
        zone,
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (from, to, timeZone, nowMs) => {
          const window = windowsOf(timeZone, { from: text(from), to: text(to) });
          const found = inMaintenanceWindow(window, nowMs);
          if (found.inside) return;
          const nextMs = found.nextMs ?? 0;
          expect(inMaintenanceWindow(window, nextMs)).toEqual({ inside: true });
          expect(nextMs).toBeGreaterThan(nowMs);
          expect(inMaintenanceWindow(window, nextMs - 60_000).inside).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('isTimeZone', () => {
  it.each([
    ['Europe/Vienna', true],
    ['UTC', true],
    ['Europe/Wien', false],
    ['', false],
  ])('%s: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
