import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Amount } from '#shared/model/job.ts';
import { allowedFailures, isBudgetSpent } from '#shared/plan/budget.ts';

const anyAmount: fc.Arbitrary<Amount> = fc.oneof(
  fc.nat({ max: 100 }),
  fc.integer({ min: 0, max: 100 }).map((p) => `${p}%`),
);

describe('isBudgetSpent', () => {
  test.each<[Amount, number, number, boolean]>([
    [0, 10, 0, false],
    [0, 10, 1, true],
    [2, 10, 2, false],
    [2, 10, 3, true],
    ['5%', 100, 5, false],
    ['5%', 100, 6, true],
    ['5%', 10, 0, false],
    ['5%', 10, 1, true],
    ['29%', 100, 29, false],
    ['100%', 10, 10, false],
  ])('of %s over %i nodes with %i failures is %s', (maxFailures, n, failures, spent) => {
    expect(isBudgetSpent(maxFailures, n, failures)).toBe(spent);
  });

  test('is never spent without a failure, and stays spent with more of them', () => {
    fc.assert(
      fc.property(anyAmount, fc.nat({ max: 2000 }), fc.nat({ max: 2000 }), (maxFailures, n, failures) => {
        expect(isBudgetSpent(maxFailures, n, 0)).toBe(false);
        if (isBudgetSpent(maxFailures, n, failures)) expect(isBudgetSpent(maxFailures, n, failures + 1)).toBe(true);
      }),
    );
  });

  test('is spent by exactly one failure more than allowed', () => {
    fc.assert(
      fc.property(anyAmount, fc.nat({ max: 2000 }), (maxFailures, n) => {
        const allowed = allowedFailures(maxFailures, n);
        expect(isBudgetSpent(maxFailures, n, allowed)).toBe(false);
        expect(isBudgetSpent(maxFailures, n, allowed + 1)).toBe(true);
      }),
    );
  });
});
