import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBatches } from '#shared/plan/batches.ts';
import {
  batchLimits,
  budgetsOfNode,
  budgetsOfSlice,
  type NodeBudget,
  underBudgets,
  widthUnder,
} from '#shared/plan/node-budgets.ts';
import { planRun } from '#shared/plan/plan-run.ts';
import { candidateOf, jobOf, limitOf, nodeOf, phaseOf, targetsOfSize } from './plan-fixtures.ts';

const budget = (
  name: string,
  max: number | string,
  more: { readonly total?: number; readonly to?: number } = {},
): NodeBudget => {
  const { total = 100, to = Number.POSITIVE_INFINITY } = more;
  return underBudgets({ name, max }, total, (node) => Number(node.id.replace(/\D/g, '')) <= to);
};
const nodes = (count: number) => targetsOfSize(count).map(({ node }) => node);
const candidates = (count: number, budgets: readonly NodeBudget[]) =>
  nodes(count).map((node) => ({ ...candidateOf(nodeOf(node.id)), budgets: budgetsOfNode(budgets, node) }));

describe('disruption budgets in a plan', () => {
  test('name the nodes under each, and narrow a slice that is under one as a whole', () => {
    const all = budget('all', '20%');
    const some = budget('some', 1, { to: 3 });
    const slice = budgetsOfSlice([all, some, budget('none', 5, { to: 0 })], nodes(10));
    expect(slice).toEqual([
      { name: 'all', max: '20%', total: 100, limit: 20, nodes: 10 },
      { name: 'some', max: 1, total: 100, limit: 1, nodes: 3 },
    ]);
    expect(widthUnder(30, 10, slice)).toBe(20);
    expect(widthUnder(5, 10, slice)).toBe(5);
    expect(widthUnder(8, 3, budgetsOfSlice([some], nodes(3)))).toBe(1);
    expect(widthUnder(8, 3, budgetsOfSlice([budget('closed', 0)], nodes(3)))).toBe(1);
  });

  test('keep nodes under different budgets in batches of their own, none bigger than its budget', () => {
    const budgets = [budget('small', 2, { to: 5 }), budget('big', 60, { to: 40 })];
    const plan = planBatches({
      nodes: candidates(100, budgets),
      width: 100,
      limitOf,
      limitUnder: batchLimits(budgets),
    });
    expect(plan.batches.map((batch) => [batch.nodes.length, batch.budgets ?? []])).toEqual([
      [2, ['big', 'small']],
      [2, ['big', 'small']],
      [1, ['big', 'small']],
      [35, ['big']],
      [50, []],
      [10, []],
    ]);
    expect(JSON.stringify(plan.batches.flatMap((batch) => batch.nodes))).not.toContain('budgets');
  });

  test('change nothing where there are none', () => {
    const with_ = planBatches({ nodes: candidates(70, []), width: 20, limitOf, limitUnder: batchLimits([]) });
    expect(with_).toEqual(
      planBatches({ nodes: nodes(70).map((node) => candidateOf(nodeOf(node.id))), width: 20, limitOf }),
    );
  });

  test('never make a batch bigger than a budget that one of its nodes is under, and lose no node', () => {
    const spec = fc.record({
      count: fc.integer({ min: 0, max: 90 }),
      width: fc.integer({ min: 1, max: 100 }),
      limits: fc.array(fc.record({ max: fc.integer({ min: 0, max: 12 }), to: fc.integer({ min: 0, max: 90 }) }), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(spec, ({ count, width, limits }) => {
        const budgets = limits.map(({ max, to }, index) => budget(`b${index}`, max, { to }));
        const plan = planBatches({
          nodes: candidates(count, budgets),
          width,
          limitOf,
          limitUnder: batchLimits(budgets),
        });
        expect(plan.batches.flatMap((batch) => batch.nodes).length).toBe(count);
        for (const batch of plan.batches) {
          for (const { node } of batch.nodes) expect(budgetsOfNode(budgets, node)).toEqual(batch.budgets ?? []);
          for (const name of batch.budgets ?? [])
            expect(batch.nodes.length).toBeLessThanOrEqual(
              Math.max(1, budgets.find((one) => one.name === name)!.limit),
            );
        }
      }),
    );
  });
});

describe('planRun under budgets', () => {
  const job = jobOf([{ name: 'g', phases: [phaseOf('p'), phaseOf('r', { on: 'runner' })] }]);
  const runner = { node: nodes(1)[0]!, online: true };
  const request = (budgets: readonly NodeBudget[]) => ({
    ...{ job, limitOf, budgets },
    groups: [{ nodes: targetsOfSize(50), runners: { '1': runner }, leftOut: [] }],
  });

  test('says which budget narrows a slice, and leaves runners out', () => {
    const plan = planRun(request([budget('shop', '20%', { total: 50 })]));
    const slices = plan.groups[0]!.rounds[0]!.slices;
    expect(slices[0]).toMatchObject({
      ...{ phase: 'p', width: 10, batchesAtOnce: 5 },
      budgets: [{ name: 'shop', max: '20%', total: 50, limit: 10, nodes: 50 }],
    });
    expect(slices[1]).not.toHaveProperty('budgets');
    expect(plan.digest).not.toBe(planRun(request([])).digest);
  });

  test('refuses a plan with nodes that a budget lets none of be worked on', () => {
    expect(() => planRun(request([budget('frozen', 0, { to: 3 })]))).toThrow(
      "Phase 'p' has 3 nodes under the budget 'frozen', which lets none of them be worked on (max 0)",
    );
  });

  test('names the key of the run, which is part of the plan', () => {
    const turn = { key: 'deploy', policy: 'queue', limit: 1 } as const;
    const plan = planRun({ ...request([]), turn });
    expect(plan.concurrency).toEqual(turn);
    expect(plan.digest).not.toBe(planRun(request([])).digest);
    expect(plan.heldNow).toBeUndefined();
  });
});
