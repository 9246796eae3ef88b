import { describe, expect, it } from 'vitest';
import { planPreview } from '#functions/plan-preview/plan-preview.ts';
import { runRequestSchema } from '#shared/contract/requests.ts';
import { listPrices } from '#shared/cost/prices.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type InventoryNode, nodeSchema } from '#shared/model/node.ts';
import { emptyLibrary } from '#test/kit/empty-library.ts';
import { fixedInventory, fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { createMemorySecrets } from '#test/kit/memory-secrets.ts';
import { host, hosts, jobOf, op, runnerNode } from '#test/kit/rig.ts';

const limits = { instances: 50, scriptBytes: 18_000, textBytes: 16_000 };
const agents = { aws: { limits }, aliyun: { limits: { ...limits, instances: 100 } } };
/** A store in which nobody holds anything, nothing has run, and there are no budgets. */
const noLocks = {
  listBudgets: async () => [],
  getTurn: async () => undefined,
  getLeases: async () => [],
  getPermits: async () => [],
  getBudgetUse: async () => undefined,
  listLatestEndedRuns: async () => [],
};
const phase = { name: 'p', operations: [op('a')] };
const preview = (
  nodes: readonly InventoryNode[],
  { groups = [{ name: 'g', phases: [phase] }], spec = {}, ...more }: Readonly<Record<string, unknown>> = {},
) =>
  planPreview({
    ...emptyLibrary(),
    inventory: fixedInventory(() => nodes),
    agents,
    secrets: createMemorySecrets(),
    blobs: { size: async () => undefined },
    store: { ...emptyLibrary().store, ...noLocks },
    clock: { now: () => 0 },
    prices: listPrices,
  })(
    runRequestSchema.parse({
      job: jobOf(groups as readonly unknown[], spec as Readonly<Record<string, unknown>>),
      ...more,
    }),
  );

describe('planPreview', () => {
  it('says which nodes, how many batches, and who is left out and why', async () => {
    const plan = await preview([...hosts(60), host('i-win', { os: 'windows' })]);

    expect(plan.totals).toMatchObject({ nodes: 60 });
    expect(plan.groups[0]).toMatchObject({ name: 'g', nodeCount: 60, leftOut: [{ nodeId: 'i-win' }] });
  });

  it('narrows to the chosen groups, phases and nodes', async () => {
    const groups = [
      { name: 'g', phases: [phase] },
      { name: 'h', phases: [{ name: 'q', operations: [op('b')] }] },
    ];

    const byNode = await preview(hosts(5), { groups, only: { nodes: ['i-002', 'i-004'] } });
    const byGroup = await preview(hosts(5), { groups, only: { groups: ['h'] } });

    expect(byNode.groups.map((group) => group.nodeCount)).toEqual([2, 2]);
    expect(byGroup.groups.map((group) => group.name)).toEqual(['h']);
  });

  it('says when the clouds were read, and how the agents stand that do not answer', async () => {
    const nodes = [
      host('i-1'),
      host('i-2', { online: false, lastSeenAt: '2026-01-01T00:00:00.000Z', stopped: true }),
      host('i-3', { online: false, agentMissing: true }),
    ];
    const plan = await preview(nodes, { spec: { targets: { nodes: ['i-1', 'i-2', 'i-3'] } } });
    expect(plan.inventory).toEqual({
      readAt: fixedReadAt,
      silent: [
        { nodeId: 'i-2', state: 'silent', lastSeenAt: '2026-01-01T00:00:00.000Z', stopped: true },
        { nodeId: 'i-3', state: 'missing' },
      ],
    });
    const later = nodes.map((node) => ({ ...node, lastSeenAt: '2026-01-02T00:00:00.000Z' }));
    const again = await preview(later, { spec: { targets: { nodes: ['i-1', 'i-2', 'i-3'] } } });
    expect(again.digest).toBe(plan.digest);
  });

  it('runs on the nodes of the request instead of the inventory', async () => {
    const { online: _online, ...node } = host('svc');

    const plan = await preview(hosts(5), { nodes: [nodeSchema.parse(node)] });

    expect(plan.groups[0]?.nodeCount).toBe(1);
  });

  it('is content with a job that runs on a runner only', async () => {
    const plan = await preview([runnerNode()], { groups: [{ name: 'g', phases: [{ ...phase, on: 'runner' }] }] });

    expect(plan.groups[0]?.nodeCount).toBe(0);
  });

  it.each([
    ['there is no node at all', [], {}],
    ['no chosen node is among the targets', hosts(2), { only: { nodes: ['i-9'] } }],
    ['no node can take part', [host('i-w', { os: 'windows' as const })], {}],
  ])('is empty when %s, and says why', async (_, nodes, more) => {
    const plan = await preview(nodes, more);

    expect(plan.totals).toMatchObject({ nodes: 0, nodeOperations: 0 });
    expect(plan.warnings.map(({ kind }) => kind)).toContain('noNodes');
  });

  it('shows scripts with their values; the digest tells other values from these', async () => {
    const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a', { args: ['${{ params.v }}'] })] }] }];
    const spec = { params: { v: { required: true } } };
    const plans = await Promise.all(['1', '1', '2'].map((v) => preview(hosts(2), { groups, spec, params: { v } })));

    expect(plans[0]?.scripts?.[0]?.variants).toMatchObject([{ nodeCount: 2, args: ['1'] }]);
    expect(plans[1]?.digest).toBe(plans[0]?.digest);
    expect(plans[2]?.digest).not.toBe(plans[0]?.digest);
  });

  it.each([
    ['no runner', hosts(1), { groups: [{ name: 'g', phases: [{ ...phase, on: 'runner' }] }] }, 'plan.no-runner'],
    ['an unknown group', hosts(1), { only: { groups: ['x'] } }, 'request.invalid'],
    ['a missing parameter', hosts(1), { spec: { params: { v: { required: true } } } }, 'params.invalid'],
    [
      'a condition that fails',
      hosts(1),
      { spec: { targets: { where: 'int(node.tags.role) > 1' } } },
      'expression.failed',
    ],
  ])('refuses %s', async (_, nodes, more, code) => {
    await expect(preview(nodes, more)).rejects.toMatchObject({ code });
  });

  it('looks at the request before it asks the clouds, and says when they do not answer', async () => {
    const list = () => Promise.reject(new AppError('inventory.unavailable', 'no answer'));
    const task = planPreview({
      ...emptyLibrary(),
      inventory: { ...fixedInventory(() => []), list },
      agents,
      secrets: createMemorySecrets(),
      blobs: { size: async () => undefined },
      store: { ...emptyLibrary().store, ...noLocks },
      clock: { now: () => 0 },
      prices: listPrices,
    });
    const request = (job: unknown) => runRequestSchema.parse({ job });

    await expect(task(request({ kind: 'Job' }))).rejects.toMatchObject({ code: 'job.invalid' });
    await expect(task(request(jobOf([{ name: 'g', phases: [phase] }])))).rejects.toMatchObject({
      code: 'inventory.unavailable',
    });
  });
});
