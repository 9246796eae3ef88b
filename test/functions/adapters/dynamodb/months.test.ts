import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthOf, monthsBack } from '#functions/adapters/dynamodb/months.ts';

describe('months', () => {
  it('goes back over the turn of the year', () => {
    expect(monthsBack('2026-02', 4)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11']);
  });

  it('names the month in UTC', () => {
    expect(monthOf(Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe('2026-11');
    expect(monthOf(Date.UTC(2026, 11, 1))).toBe('2026-12');
  });

  it('lists each month once, newest first, without a gap', () => {
    const epochMs = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(epochMs, fc.integer({ min: 1, max: 60 }), (at, count) => {
        const months = monthsBack(monthOf(at), count);
        const numbers = months.map((month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)));
        expect(months).toHaveLength(count);
        expect(numbers.map((number, back) => number + back)).toEqual(months.map(() => numbers[0]));
      }),
    );
  });
});
