import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundSizes } from '#shared/plan/rounds.ts';
import { phaseWidth, type WidthSpec, widthOf } from '#shared/plan/width.ts';
import { oneGroup, phaseOf } from './plan-fixtures.ts';

const anySpec: fc.Arbitrary<WidthSpec> = fc.record(
  {
    maxConcurrency: fc.oneof(
      fc.nat({ max: 500 }),
      fc.integer({ min: 0, max: 100 }).map((p) => `${p}%`),
    ),
    roundCount: fc.integer({ min: -3, max: 500 }),
  },
  { requiredKeys: [] },
);

describe('widthOf', () => {
  test.each<[WidthSpec, number, number]>([
    [{ maxConcurrency: 3 }, 10, 3],
    [{ maxConcurrency: 30 }, 10, 10],
    [{ maxConcurrency: 0 }, 10, 1],
    [{ maxConcurrency: '25%' }, 10, 3],
    [{ maxConcurrency: '1%' }, 10, 1],
    [{ maxConcurrency: 2, roundCount: 1 }, 10, 2],
    [{ roundCount: 2 }, 8, 4],
    [{ roundCount: 3 }, 10, 4],
    [{ roundCount: 0 }, 10, 1],
    [{ roundCount: -1 }, 10, 1],
    [{ roundCount: 1 }, 10, 10],
    [{}, 10, 10],
    [{}, 0, 1],
  ])('of %j over %i nodes is %i', (spec, n, width) => {
    expect(widthOf(spec, n)).toBe(width);
  });

  test('is at least 1, at most the nodes, and grows with them', () => {
    fc.assert(
      fc.property(anySpec, fc.nat({ max: 2000 }), (spec, n) => {
        const width = widthOf(spec, n);
        expect(width).toBeGreaterThanOrEqual(1);
        expect(width).toBeLessThanOrEqual(Math.max(1, n));
        expect(widthOf(spec, n + 1)).toBeGreaterThanOrEqual(width);
      }),
    );
  });
});

describe('phaseWidth', () => {
  const width = (group: object, phase: object, spec = {}) => {
    const { job, group: parsed } = oneGroup({ ...group, phases: [phaseOf('p', phase)] }, spec);
    return phaseWidth(job, parsed, parsed.phases[0]!, 12);
  };

  test('lets the phase decide before the group and the group before the job in a oneShot group', () => {
    expect(width({ maxConcurrency: 3 }, { roundCount: 2 }, { roundCount: 12 })).toBe(6);
    expect(width({ maxConcurrency: 3 }, {}, { roundCount: 12 })).toBe(3);
    expect(width({ roundCount: 4 }, {}, { roundCount: 12 })).toBe(3);
    expect(width({}, {}, { roundCount: 12 })).toBe(1);
    expect(width({}, {})).toBe(12);
  });

  test('runs a whole round together in a grayScale group unless maxConcurrency narrows it', () => {
    const gray = { strategy: 'grayScale', rounds: ['50%', '100%'] };
    expect(width({ ...gray }, {})).toBe(12);
    expect(width({ ...gray, maxConcurrency: '25%' }, {})).toBe(3);
    expect(width({ ...gray, maxConcurrency: '25%' }, { maxConcurrency: 2 })).toBe(2);
    expect(width({ strategy: 'grayScale', roundCount: 4 }, { roundCount: 6 }, { roundCount: 12 })).toBe(12);
  });

  test('never holds back a round that the older pool of ceil(n / R) would run together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: -2, max: 2100 }), (n, roundCount) => {
        const { job, group } = oneGroup({ strategy: 'grayScale', roundCount });
        const pool = Math.ceil(n / (roundCount <= 0 ? n : roundCount));
        for (const size of new Set(roundSizes({ roundCount }, n))) {
          expect(phaseWidth(job, group, group.phases[0]!, size)).toBe(size);
          expect(size).toBeLessThanOrEqual(pool);
        }
      }),
    );
  });

  test('is 1 for a runner phase and at most 10 on a runner that serves every target', () => {
    expect(width({}, { on: 'runner' })).toBe(1);
    expect(width({}, { on: 'runnerPerTarget' })).toBe(10);
    expect(width({ maxConcurrency: 4 }, { on: 'runnerPerTarget' })).toBe(4);
  });
});
