import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeBudget, type FailureBudget } from '#shared/model/failure-budget.ts';
import type { Amount } from '#shared/model/job.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { allowedFailures, isBudgetSpent, type NamedBudget, spentPart, tallyOf } from '#shared/plan/budget.ts';

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

describe('spentPart', () => {
  const budget = (more: Partial<FailureBudget> = {}): NamedBudget => ({
    name: 'group',
    ...completeBudget(0),
    ...more,
  });
  const counted = fc.record({
    status: fc.constantFrom<NodeStatus>('succeeded', 'failed', 'lost', 'pending', 'ignored'),
    part: fc.constantFrom('a', 'b'),
  });

  test('does not depend on how nodes are put into batches', () => {
    fc.assert(
      fc.property(
        fc.array(counted),
        fc.nat({ max: 20 }),
        fc.nat({ max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (nodes, cut, max, minSample) => {
          const one = budget({ max, minSample });
          const size = (part: string) => nodes.filter((node) => node.part === part).length;
          const whole = spentPart(one, tallyOf(one, nodes), size);
          const split = [...tallyOf(one, nodes.slice(0, cut)), ...tallyOf(one, nodes.slice(cut))];
          expect(spentPart(one, split, size)).toEqual(whole);
        },
      ),
    );
  });

  test('names the part, looks at its own budget only, and asks for no larger sample than there are nodes', () => {
    const tallies = [
      { budget: 'group', part: 'b', failed: 2, ended: 2 },
      { budget: 'run', part: 'a', failed: 9, ended: 9 },
    ];
    expect(spentPart(budget({ max: 1, minSample: 50 }), tallies, () => 2)).toEqual({
      part: 'b',
      failed: 2,
      allowed: 1,
    });
    expect(spentPart(budget({ max: 1, minSample: 50 }), tallies, () => 80)).toBeUndefined();
    expect(spentPart(budget({ max: 2 }), tallies, () => 80)).toBeUndefined();
  });
});
