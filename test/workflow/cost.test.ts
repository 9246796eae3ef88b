import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalCloud, startLocalCloud } from '#local/local-cloud.ts';
import { runRequestSchema } from '#shared/contract/requests.ts';
import type { Log } from '#shared/ports/services.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { jobOf, op } from '#test/kit/rig.ts';

let stateDir: string;
let cloud: LocalCloud;
/** What the interpreter entered. */
const entered = { states: 0, tasks: 0 };
const troubles: string[] = [];
const note = (event: string) => void troubles.push(event);
const log: Log = {
  debug: (event, fields) => {
    if (event !== 'state.entered') return;
    entered.states += 1;
    if (fields?.['type'] === 'Task') entered.tasks += 1;
  },
  info: () => undefined,
  warn: note,
  error: note,
};

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'drover-cost-'));
  cloud = await startLocalCloud({ stateDir, fleet: parseFleet(hostsFleet(24, 6), 'fleet of the test'), log });
});

afterAll(async () => {
  await cloud.close();
  await rm(stateDir, { recursive: true, force: true });
});

const run = async (groups: readonly unknown[]) => {
  const request = runRequestSchema.parse({ job: jobOf(groups) });
  const plan = await cloud.services.planPreview(request);
  Object.assign(entered, { states: 0, tasks: 0 });
  const callsBefore = agentCalls();
  const { runId } = await cloud.services.submitRun({ request, actor: 'test' });
  await cloud.engine.idle();
  return { plan, callsBefore, view: await cloud.services.viewRun(runId) };
};

/** Calls of agents, those for the inventory not counted: they are made for whoever asks first, and shared. */
const agentCalls = (): number =>
  Object.entries(cloud.provider.calls())
    .filter(([name]) => !/^(Describe(InstanceInformation|Instances|CloudAssistantStatus)|GetResources)$/.test(name))
    .reduce((sum, [, count]) => sum + count, 0);

describe('the cost of a run', () => {
  it('counts the transitions that the interpreter made, the starts of batches, and the calls that the clouds got', async () => {
    const { plan, view, callsBefore } = await run([
      { name: 'a', phases: [{ name: 'p', operations: [op('a1'), op('a2')] }] },
      { name: 'b', strategy: 'grayScale', roundCount: 3, phases: [{ name: 'q', operations: [op('b1')] }] },
    ]);

    expect(view.status).toBe('succeeded');
    const batches = plan.groups
      .flatMap(({ rounds }) => rounds.flatMap(({ slices }) => slices.flatMap((slice) => slice.batches)))
      .reduce((sum, { batchCount }) => sum + batchCount, 0);
    expect(view.usage?.transitions).toBe(entered.states + batches);
    // One event for each batch and operation.
    expect(view.usage?.functionCalls).toBe(entered.tasks + plan.totals.agentCalls.sends);
    const inventoryCalls = 4;
    expect(view.usage?.agentCalls).toBeGreaterThanOrEqual(agentCalls() - callsBefore);
    expect(view.usage?.agentCalls).toBeLessThanOrEqual(agentCalls() - callsBefore + 2 * inventoryCalls);
    expect(view.usage?.tableWrites).toBeGreaterThan(plan.totals.nodeOperations);
    expect(troubles).toEqual([]);
  });

  it('is about what the plan said', async () => {
    const { plan, view } = await run([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);

    const { usage } = plan.estimate ?? {};
    for (const name of ['transitions', 'functionCalls', 'tableWrites'] as const) {
      const ratio = (view.usage?.[name] ?? 0) / (usage?.[name] ?? 1);
      expect(ratio, name).toBeGreaterThan(0.75);
      // A busy machine makes a run look more often than once.
      expect(ratio, name).toBeLessThan(1.75);
    }
    expect(view.cost?.usd).toBeLessThan(0.01);
  });

  it('is added up by job and month, and tells the next plan how long it takes', async () => {
    const phases = [{ name: 'slow', operations: [op('s', { run: 'sleep 1' })] }];
    const groups = [{ name: 'timed', phases }];
    const first = await run(groups);
    const second = await run(groups);

    expect(first.plan.estimate).toMatchObject({ unseenPhases: ['timed/slow'] });
    expect(first.plan.estimate).not.toHaveProperty('seconds');
    expect(second.plan.estimate?.unseenPhases).toEqual([]);
    expect(second.plan.estimate?.seconds).toBeGreaterThan(1);
    expect(second.plan.estimate?.fromRuns).toBeGreaterThanOrEqual(1);

    const month = second.view.createdAt.slice(0, 7);
    const costs = await cloud.services.listCosts({ month, job: 'roll' });
    const { runs, usage, cost } = costs.total;
    expect(runs).toBeGreaterThanOrEqual(2);
    expect(usage.transitions).toBeGreaterThanOrEqual(2 * (second.view.usage?.transitions ?? 0) - 20);
    expect(cost.usd).toBeGreaterThan(second.view.cost?.usd ?? 0);
    expect(await cloud.services.listCosts({ month: '2020-01' })).toMatchObject({ items: [], total: { runs: 0 } });
  });
});
