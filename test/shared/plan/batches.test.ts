import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchPlan, planBatches } from '#shared/plan/batches.ts';
import { anyFleet, candidateOf, limitOf, nodeOf } from './plan-fixtures.ts';

const named = (n: number, more: (i: number) => object = () => ({})) =>
  Array.from({ length: n }, (_, i) => candidateOf(nodeOf(`n${i}`, { ...more(i) })));
const idsOf = (plan: BatchPlan): readonly (readonly string[])[] =>
  plan.batches.map((batch) => batch.nodes.map(({ node }) => node.id));
const anyCase = fc.record({
  nodes: fc.oneof(
    anyFleet(80).map((fleet) => fleet.map(candidateOf)),
    fc.nat({ max: 120 }).map((n) => named(n)),
  ),
  width: fc.integer({ min: 1, max: 100 }),
  limit: fc.constantFrom(1, 3, 10, 50),
  maxBatchBytes: fc.constantFrom(1, 1200, 262_144),
});
const planOf = ({ limit, ...spec }: typeof anyCase extends fc.Arbitrary<infer T> ? T : never) =>
  planBatches({ ...spec, limitOf: () => limit });

describe('planBatches', () => {
  test('fills batches to what the agent takes, and runs all of them, when the width covers every node', () => {
    const plan = planBatches({ nodes: named(120), width: 120, limitOf });
    expect(plan.batches.map((batch) => batch.nodes.length)).toEqual([50, 50, 20]);
    expect(plan.width).toBe(3);
  });

  test('gives each agent its own size', () => {
    const nodes = named(240, (i) => ({ agent: i % 2 === 0 ? 'aws' : 'aliyun' }));
    const plan = planBatches({ nodes, width: 240, limitOf });
    expect(plan.batches.map((batch) => batch.nodes.length)).toEqual([50, 100, 50, 20, 20]);
  });

  test('takes a quarter of a smaller width per batch', () => {
    const plan = planBatches({ nodes: named(100), width: 20, limitOf });
    expect(plan.batches.every((batch) => batch.nodes.length === 5)).toBe(true);
    expect(plan.width).toBe(4);
  });

  test('rounds the batches at once down when they do not divide the width', () => {
    const plan = planBatches({ nodes: named(40), width: 11, limitOf });
    expect(plan.batches[0]?.nodes).toHaveLength(2);
    expect(plan.width).toBe(5);
  });

  test('runs nodes one by one in the order of the list when the width is 1', () => {
    const nodes = named(6, (i) => ({ region: i % 2 === 0 ? 'eu-west-1' : 'us-east-1', online: i % 3 !== 0 }));
    const plan = planBatches({ nodes, width: 1, limitOf });
    expect(idsOf(plan)).toEqual([['n0'], ['n1'], ['n2'], ['n3'], ['n4'], ['n5']]);
    expect(plan.width).toBe(1);
  });

  test('starts online batches first only when all run at once', () => {
    const nodes = named(4, (i) => ({ online: i >= 2 }));
    expect(planBatches({ nodes, width: 4, limitOf }).batches.map(({ online }) => online)).toEqual([true, false]);
    expect(planBatches({ nodes, width: 2, limitOf }).batches.map(({ online }) => online)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test('spreads the nodes of one instance over batches', () => {
    const nodes = named(4, (i) => ({ instanceId: i === 3 ? 'i-other' : 'i-one' }));
    expect(idsOf(planBatches({ nodes, width: 4, limitOf }))).toEqual([['n0', 'n3'], ['n1'], ['n2']]);
  });

  test('gives a runner that serves many nodes one of them a batch, as many at once as the width', () => {
    const runner = candidateOf(nodeOf('r')).via;
    const nodes = named(30).map((one) => ({ ...one, via: runner }));
    const plan = planBatches({ nodes, width: 10, limitOf });
    expect(plan.batches).toHaveLength(30);
    expect(plan.width).toBe(10);
  });

  test('plans nothing for no nodes', () => {
    expect(planBatches({ nodes: [], width: 1, limitOf })).toEqual({ batches: [], width: 1 });
  });

  test('plans 20,000 nodes behind one runner in linear time', () => {
    const runner = candidateOf(nodeOf('r')).via;
    const nodes = named(20_000).map((one) => ({ ...one, via: runner }));
    const started = performance.now();
    expect(planBatches({ nodes, width: 10, limitOf }).batches).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('puts each node into exactly one batch, as it was given', () => {
    fc.assert(
      fc.property(anyCase, (spec) => {
        const planned = planOf(spec).batches.flatMap(({ online, nodes }) => nodes.map((node) => ({ ...node, online })));
        const byId = (a: { node: { id: string } }, b: { node: { id: string } }) => a.node.id.localeCompare(b.node.id);
        expect(planned.toSorted(byId)).toEqual(spec.nodes.toSorted(byId));
      }),
    );
  });

  test('keeps agent, account, region, shell and reach apart, and one node an instance', () => {
    fc.assert(
      fc.property(anyCase, (spec) => {
        const reach = new Map(spec.nodes.map(({ node, online }) => [node.id, online]));
        for (const { online, nodes } of planOf(spec).batches) {
          const places = nodes.map(({ via }) => [via.agent, via.account, via.region, via.os].join('|'));
          expect(new Set(places).size).toBe(1);
          expect(new Set(nodes.map(({ via }) => via.instanceId)).size).toBe(nodes.length);
          expect(nodes.every(({ node }) => reach.get(node.id) === online)).toBe(true);
        }
      }),
    );
  });

  test('keeps to the limit of the agent and to the bytes of a record', () => {
    fc.assert(
      fc.property(anyCase, (spec) => {
        for (const { nodes } of planOf(spec).batches) {
          expect(nodes.length).toBeGreaterThan(0);
          expect(nodes.length).toBeLessThanOrEqual(spec.limit);
          if (nodes.length > 1)
            expect(Buffer.byteLength(JSON.stringify(nodes))).toBeLessThanOrEqual(spec.maxBatchBytes);
        }
      }),
    );
  });

  test('never runs more nodes at once than the width, and never none', () => {
    fc.assert(
      fc.property(anyCase, (spec) => {
        const plan = planOf(spec);
        expect(plan.width).toBeGreaterThanOrEqual(1);
        const sizes = plan.batches.map((batch) => batch.nodes.length).toSorted((a, b) => b - a);
        const most = sizes.slice(0, plan.width).reduce((a, b) => a + b, 0);
        expect(most).toBeLessThanOrEqual(spec.width);
        if (spec.width < spec.nodes.length) expect(plan.width * (sizes[0] ?? 1)).toBeLessThanOrEqual(spec.width);
      }),
    );
  });

  test('starts batches in the order of their first nodes while the width is smaller than the list', () => {
    fc.assert(
      fc.property(anyCase, (spec) => {
        fc.pre(spec.width < spec.nodes.length);
        const position = new Map(spec.nodes.map(({ node }, i) => [node.id, i]));
        const firsts = planOf(spec).batches.map((batch) => position.get(batch.nodes[0]!.node.id)!);
        expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
        if (spec.width === 1) expect(firsts).toHaveLength(spec.nodes.length);
      }),
    );
  });
});
