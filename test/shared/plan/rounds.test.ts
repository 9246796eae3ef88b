import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Amount } from '#shared/model/job.ts';
import { groupRoundSizes, middleRound, roundSizes } from '#shared/plan/rounds.ts';
import { oneGroup } from './plan-fixtures.ts';

const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
const anyCount = fc.integer({ min: 0, max: 3000 });
const anyRoundCount = fc.integer({ min: -5, max: 700 });
const anyAmount: fc.Arbitrary<Amount> = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.integer({ min: 0, max: 100 }).map((p) => `${p}%`),
);
const anyRounds = fc.array(anyAmount, { minLength: 1, maxLength: 20 });

describe('roundSizes by roundCount', () => {
  test.each([
    [10, 4, [3, 3, 2, 2]],
    [3, 10, [1, 1, 1]],
    [3, 0, [1, 1, 1]],
    [3, -1, [1, 1, 1]],
    [5, 2, [3, 2]],
    [5, 1, [5]],
    [0, 4, [0]],
  ])('splits %i nodes with roundCount %i into %j', (n, roundCount, sizes) => {
    expect(roundSizes({ roundCount }, n)).toEqual(sizes);
  });

  test('takes one node a round when nothing is said', () => {
    expect(roundSizes({}, 3)).toEqual([1, 1, 1]);
  });

  test('covers every node, in the wanted number of rounds, larger ones first, sizes at most one apart', () => {
    fc.assert(
      fc.property(anyCount, anyRoundCount, (n, roundCount) => {
        const sizes = roundSizes({ roundCount }, n);
        expect(sum(sizes)).toBe(n);
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
        expect(sizes[0]! - sizes.at(-1)!).toBeLessThanOrEqual(1);
        const wanted = roundCount <= 0 ? n : Math.min(roundCount, n);
        expect(sizes).toHaveLength(Math.max(1, wanted));
      }),
    );
  });
});

describe('roundSizes by rounds', () => {
  test.each<[number, Amount[], number[]]>([
    [100, [1, '10%', '50%', '100%'], [1, 9, 40, 50]],
    [15, [1, '10%', '50%', '100%'], [1, 1, 6, 7]],
    [3, [1, '10%', '50%', '100%'], [1, 1, 1]],
    [1, [1, '10%', '50%', '100%'], [1]],
    [10, [5, 3, '40%', 8], [5, 3, 2]],
    [10, [50], [10]],
    [10, [0, '0%', 10], [10]],
    [0, [1, '100%'], [0]],
  ])('splits %i nodes by %j into %j', (n, rounds, sizes) => {
    expect(roundSizes({ rounds }, n)).toEqual(sizes);
  });

  test('gives the nodes beyond the last end a round of their own', () => {
    expect(roundSizes({ rounds: [1, '10%'] }, 1000)).toEqual([1, 99, 900]);
  });

  test('covers every node without an empty round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), anyRounds, (n, rounds) => {
        const sizes = roundSizes({ rounds }, n);
        expect(sum(sizes)).toBe(n);
        expect(sizes.every((size) => size > 0)).toBe(true);
        expect(sizes.length).toBeLessThanOrEqual(rounds.length + 1);
      }),
    );
  });

  test('ends a round at every amount, rounded up, that its author wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), anyRounds, (n, rounds) => {
        let done = 0;
        const ends = new Set(roundSizes({ rounds }, n).map((size) => (done += size)));
        let highest = 0;
        for (const amount of rounds) {
          const count = typeof amount === 'number' ? amount : Math.ceil((n * Number(amount.replace('%', ''))) / 100);
          highest = Math.max(highest, Math.min(count, n));
          if (highest > 0) expect(ends).toContain(highest);
        }
      }),
    );
  });
});

describe('groupRoundSizes', () => {
  test('prefers the rounds of the group, then its roundCount, then that of the job', () => {
    const sizes = (more: object, spec = {}) => {
      const { job, group } = oneGroup({ strategy: 'grayScale', ...more }, spec);
      return groupRoundSizes(job, group, 6);
    };
    expect(sizes({ rounds: [1], roundCount: 2 }, { roundCount: 3 })).toEqual([1, 5]);
    expect(sizes({ roundCount: 2 }, { roundCount: 3 })).toEqual([3, 3]);
    expect(sizes({}, { roundCount: 3 })).toEqual([2, 2, 2]);
    expect(sizes({})).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('middleRound', () => {
  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
  ])('of %i rounds is %i', (rounds, middle) => {
    expect(middleRound(rounds)).toBe(middle);
  });

  test('is the first round that is at least half of the rounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (rounds) => {
        const first = Array.from({ length: rounds }, (_, i) => i + 1).find((r) => r >= rounds / 2);
        expect(middleRound(rounds)).toBe(first);
      }),
    );
  });
});
