import type { EndedRun } from '../model/ended-run.ts';
import { addUsage, timesUsage, type Usage } from '../model/usage.ts';
import type { PlanGroup, PlanSlice, RunPlan } from '../plan/run-plan.ts';
import type { Estimate } from './estimate-schema.ts';
import { type Cost, costOf, type PriceTable } from './prices.ts';

type PlanShape = Pick<RunPlan, 'groups' | 'totals'>;

const slicesOf = ({ rounds }: PlanGroup): readonly PlanSlice[] => rounds.flatMap(({ slices }) => slices);

const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** The usual time of a wave of a phase over these runs, milliseconds; undefined when none had it. */
const usualWave = (runs: readonly EndedRun[], group: string, phase: string): number | undefined =>
  median(
    runs
      .flatMap((run) => run.phases.filter((one) => one.group === group && one.phase === phase))
      .map((one) => one.waveMs),
  );

const wavesOf = ({ batches, batchesAtOnce }: PlanSlice): number =>
  Math.ceil(batches.reduce((sum, { batchCount }) => sum + batchCount, 0) / batchesAtOnce);

/** Slices of a stage go together, stages one after another, with the soak between rounds. */
const groupMs = (group: PlanGroup, waveOf: (phase: string) => number): number => {
  const stages = Map.groupBy(slicesOf(group), ({ stageIndex }) => stageIndex);
  const work = [...stages.values()].reduce(
    (sum, slices) => sum + Math.max(...slices.map((slice) => wavesOf(slice) * waveOf(slice.phase))),
    0,
  );
  return work + (group.soakSeconds ?? 0) * 1000 * Math.max(0, group.rounds.length - 1);
};

const estimateTime = (plan: PlanShape, runs: readonly EndedRun[]): Pick<Estimate, 'seconds' | 'unseenPhases'> => {
  const phases = plan.groups.flatMap((group) =>
    [...new Set(slicesOf(group).map(({ phase }) => phase))].map((phase) => ({ group: group.name, phase })),
  );
  const unseenPhases = phases
    .filter(({ group, phase }) => usualWave(runs, group, phase) === undefined)
    .map(({ group, phase }) => `${group}/${phase}`);
  if (unseenPhases.length > 0) return { unseenPhases };
  const ms = plan.groups.reduce(
    (sum, group) => sum + groupMs(group, (phase) => usualWave(runs, group.name, phase) ?? 0),
    0,
  );
  return { seconds: Math.round(ms / 100) / 10, unseenPhases };
};

/** A call of a function: 512 MiB for 60 ms. */
const callMibMs = 512 * 60;

/**
 * What each part of a plan uses when nothing fails and every operation is looked at once: measured on runs of 10 to 1,000 nodes on the local cloud,
 * where the same calls are counted (docs/plan-and-cost.md). Records of batches and invocations grow with their nodes.
 */
const perPart = {
  run: { transitions: 5, functionCalls: 2, functionMibMs: 2 * callMibMs, tableWrites: 5, tableReads: 13, blobGets: 4 },
  group: {
    ...{ transitions: 3, functionCalls: 1, functionMibMs: callMibMs, tableWrites: 5, tableReads: 3 },
    ...{ blobPuts: 1, blobGets: 2, agentCalls: 2 },
  },
  stage: { transitions: 3, functionCalls: 1, functionMibMs: callMibMs, tableWrites: 2, tableReads: 1 },
  slice: { transitions: 4, functionCalls: 2, functionMibMs: 2 * callMibMs, tableWrites: 4, tableReads: 2 },
  batch: { transitions: 2, tableWrites: 3, tableReads: 2 },
  placedNode: { tableWrites: 0.3 },
  send: {
    transitions: 5,
    functionCalls: 4,
    functionMibMs: 3 * callMibMs,
    tableWrites: 9,
    tableReads: 16,
    agentCalls: 2,
  },
  result: { tableWrites: 0.6, tableReads: 0.05 },
} as const satisfies Readonly<Record<string, Partial<Usage>>>;

const parts = ['run', 'group', 'stage', 'slice', 'batch', 'placedNode', 'send', 'result'] as const;

/** Amounts of what a plan has, by what each of them uses. */
const estimateUsage = ({ groups, totals }: PlanShape): Usage => {
  const slices = groups.flatMap(slicesOf);
  const batches = slices.flatMap((slice) => slice.batches);
  const amounts: Readonly<Record<(typeof parts)[number], number>> = {
    run: 1,
    group: groups.length,
    stage: groups.reduce((sum, { stageCount }) => sum + stageCount, 0),
    slice: slices.length,
    batch: batches.reduce((sum, { batchCount }) => sum + batchCount, 0),
    placedNode: slices.reduce((sum, { nodeCount }) => sum + nodeCount, 0),
    send: totals.agentCalls.sends,
    result: totals.nodeOperations,
  };
  return addUsage(parts.map((part) => timesUsage(perPart[part], amounts[part])));
};

/** What a plan would take and cost, from the latest runs of its job and a table of prices. */
export const estimateRun = (plan: PlanShape, runs: readonly EndedRun[], prices: PriceTable): Estimate => {
  const usage = estimateUsage(plan);
  const cost: Cost = costOf(usage, prices);
  return { usage, cost, fromRuns: runs.length, ...estimateTime(plan, runs) };
};
