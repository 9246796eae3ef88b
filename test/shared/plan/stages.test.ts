import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { middleRound } from '#shared/plan/rounds.ts';
import { countStages, planStages, type Stage } from '#shared/plan/stages.ts';
import { oneGroup, phaseOf } from './plan-fixtures.ts';

const anyPhases = fc
  .array(
    fc.record(
      {
        on: fc.constantFrom('target' as const, 'runner' as const, 'runnerPerTarget' as const),
        round: fc.constantFrom('first' as const, 'middle' as const, 'last' as const),
      },
      { requiredKeys: ['on'] },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((phases) => phases.map((phase, i) => phaseOf(`p${i}`, phase)));
const anyGroup = fc.record({
  strategy: fc.constantFrom('oneShot' as const, 'grayScale' as const),
  roundCount: fc.integer({ min: -1, max: 40 }),
  phases: anyPhases,
});
const anyPlan = fc.tuple(anyGroup, fc.nat({ max: 60 })).map(([more, n]) => {
  const { job, group } = oneGroup(more);
  return { job, group, n, stages: planStages(job, group, n) };
});

const nodesSeen = (stages: readonly Stage[], phaseIndex: number): readonly number[] =>
  stages
    .flatMap((stage) => stage.slices)
    .filter((slice) => slice.phaseIndex === phaseIndex)
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));

describe('planStages', () => {
  test('runs all phases of a oneShot group together in one stage', () => {
    const { job, group } = oneGroup({ phases: [phaseOf('a'), phaseOf('b', { on: 'runner' })] });
    expect(planStages(job, group, 7)).toEqual([
      {
        stageIndex: 0,
        round: 0,
        rounds: 0,
        slices: [
          { phaseIndex: 0, kind: 'nodes', from: 0, to: 7 },
          { phaseIndex: 1, kind: 'runner', from: 0, to: 0 },
        ],
      },
    ]);
  });

  test('runs runner phases of a grayScale group without nodes', () => {
    const { job, group } = oneGroup({
      strategy: 'grayScale',
      phases: [phaseOf('a'), phaseOf('b', { on: 'runner', round: 'last' })],
    });
    expect(planStages(job, group, 0).map((stage) => stage.slices)).toEqual([
      [{ phaseIndex: 0, kind: 'nodes', from: 0, to: 0 }],
      [{ phaseIndex: 1, kind: 'runner', from: 0, to: 0 }],
    ]);
  });

  test('shows every node to every phase on nodes exactly once, in order', () => {
    fc.assert(
      fc.property(anyPlan, ({ group, n, stages }) => {
        for (const [index, phase] of group.phases.entries())
          expect(nodesSeen(stages, index)).toEqual(phase.on === 'runner' ? [] : Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  test('puts every node of a grayScale group into exactly one round', () => {
    fc.assert(
      fc.property(anyPlan, ({ group, stages }) => {
        const rounds = new Map<number, Set<number>>();
        for (const { round, slices } of stages)
          for (const { from, to } of slices)
            for (let i = from; i < to; i += 1) rounds.set(i, (rounds.get(i) ?? new Set()).add(round));
        for (const seen of rounds.values()) expect([...seen]).toHaveLength(1);
        if (group.strategy === 'oneShot') expect(stages).toHaveLength(1);
      }),
    );
  });

  test('runs each runner phase exactly once, in its round', () => {
    fc.assert(
      fc.property(anyPlan, ({ group, stages }) => {
        for (const [index, phase] of group.phases.entries()) {
          if (phase.on !== 'runner') continue;
          const found = stages.filter((stage) => stage.slices.some((slice) => slice.phaseIndex === index));
          expect(found).toHaveLength(1);
          const { round, rounds } = found[0]!;
          const wanted = { first: 1, middle: middleRound(rounds), last: rounds, every: 0 };
          if (group.strategy === 'grayScale') expect(round).toBe(wanted[phase.round ?? 'first']);
        }
      }),
    );
  });

  test('orders grayScale stages by round, then by declared phase, with one slice each', () => {
    fc.assert(
      fc.property(anyPlan, ({ group, stages }) => {
        expect(stages.map((stage) => stage.stageIndex)).toEqual(stages.map((_, i) => i));
        if (group.strategy === 'oneShot') return;
        const keys = stages.map(({ round, slices }) => round * 100 + slices[0]!.phaseIndex);
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
        expect(new Set(keys).size).toBe(keys.length);
        expect(stages.every((stage) => stage.slices.length === 1)).toBe(true);
      }),
    );
  });

  test('makes as many stages as countStages says', () => {
    fc.assert(
      fc.property(anyPlan, ({ job, group, n, stages }) => {
        expect(countStages(job, group, n)).toBe(stages.length);
      }),
    );
  });
});
