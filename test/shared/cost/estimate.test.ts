import { describe, expect, test } from 'vitest';
import { estimateRun } from '#shared/cost/estimate.ts';
import { listPrices } from '#shared/cost/prices.ts';
import type { EndedRun } from '#shared/model/ended-run.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { noUsage } from '#shared/model/usage.ts';
import { planRun } from '#shared/plan/plan-run.ts';
import { jobOf, limitOf, phaseOf, targetsOfSize } from '../plan/plan-fixtures.ts';

const ended = (waves: Readonly<Record<string, number>>): EndedRun => ({
  runId: runIdSchema.parse('01JDQ8Z5T2N8V4K6M3W7X9Y0AB'),
  jobName: 'roll-shop',
  status: 'succeeded',
  createdAt: '2026-11-21T07:09:00.000Z',
  endedAt: '2026-11-21T07:10:00.000Z',
  attempts: 1,
  usage: noUsage,
  phases: Object.entries(waves).map(([place, waveMs]) => {
    const [group = '', phase = ''] = place.split('/');
    return { group, phase, waveMs };
  }),
});

const plan = (nodes: number) =>
  planRun({
    job: jobOf([
      { name: 'check', maxConcurrency: 50, phases: [phaseOf('disk'), phaseOf('net')] },
      { name: 'roll', strategy: 'grayScale', rounds: [1, '100%'], soak: '30s', phases: [phaseOf('restart')] },
    ]),
    groups: [
      { nodes: targetsOfSize(nodes), runners: {}, leftOut: [] },
      { nodes: targetsOfSize(nodes), runners: {}, leftOut: [] },
    ],
    limitOf,
  });

describe('estimateRun', () => {
  test('phases of a stage together, stages and groups one after another, waves where not all batches fit at once', () => {
    const runs = [
      ended({ 'check/disk': 1_000, 'check/net': 4_000, 'roll/restart': 10_000 }),
      ended({ 'check/disk': 1_000, 'check/net': 2_000, 'roll/restart': 10_000 }),
      ended({ 'check/disk': 1_000, 'check/net': 3_000, 'roll/restart': 10_000 }),
    ];
    expect(estimateRun(plan(40), runs, listPrices)).toMatchObject({
      seconds: 3 + 10 + 30 + 10,
      fromRuns: 3,
      unseenPhases: [],
    });
    const large = plan(100);
    const [slice] = large.groups[0]?.rounds[0]?.slices ?? [];
    const batches = (slice?.batches ?? []).reduce((sum, { batchCount }) => sum + batchCount, 0);
    const waves = Math.ceil(batches / (slice?.batchesAtOnce ?? 1));
    expect(waves).toBeGreaterThan(1);
    expect(estimateRun(large, runs, listPrices).seconds).toBe(waves * 3 + 10 + 30 + 10);
  });

  test('says which phases it has never seen, and no time then', () => {
    const estimate = estimateRun(plan(4), [ended({ 'check/disk': 1, 'check/net': 1 })], listPrices);
    expect(estimate.unseenPhases).toEqual(['roll/restart']);
    expect(estimate).not.toHaveProperty('seconds');
  });

  test('grows with the nodes; 1,000 nodes and one operation are below a cent', () => {
    const oneOperation = (nodes: number) => {
      const job = jobOf([{ name: 'g', phases: [phaseOf('p')] }]);
      const groups = [{ nodes: targetsOfSize(nodes), runners: {}, leftOut: [] }];
      return estimateRun(planRun({ job, groups, limitOf }), [], listPrices);
    };
    expect(oneOperation(1_000).usage).toMatchObject({ transitions: 155 });
    expect(oneOperation(1_000).cost.usd).toBeLessThan(0.01);
    expect(oneOperation(2_000).cost.usd).toBeGreaterThan(oneOperation(1_000).cost.usd);
  });
});
