import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookDelaySeconds } from '#functions/records/look-delay.ts';

describe('the time until the next look', () => {
  it('grows from one second to a minute, and to five after half a day', () => {
    expect([1, 2, 3, 4, 6, 8, 12, 50, 700, 701].map((looks) => lookDelaySeconds(looks, 86_400))).toEqual([
      1, 2, 3, 4, 9, 21, 60, 60, 60, 300,
    ]);
  });

  it('is a whole number from 1 to 300, never shrinks with looks, and ends soon after the deadline', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (looks, left) => {
        const delay = lookDelaySeconds(looks, left);
        expect(Number.isInteger(delay) && delay >= 1 && delay <= 300).toBe(true);
        expect(delay).toBeLessThanOrEqual(Math.max(1, Math.ceil(left)));
        expect(lookDelaySeconds(looks + 1, left)).toBeGreaterThanOrEqual(delay);
      }),
    );
  });
});
