import fc from 'fast-check';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { type Group, type Job, type JobInput, jobSchema } from '#shared/model/job.ts';
import { type InventoryNode, inventoryNodeSchema, placementOf } from '#shared/model/node.ts';
import type { OutcomeStatus } from '#shared/model/status.ts';
import type { BatchCandidate } from '#shared/plan/batches.ts';
import type { ResultStep } from '#shared/plan/node-progress.ts';
import { withoutReach } from '#shared/plan/targets.ts';

type GroupInput = JobInput['spec']['groups'][number];
type PhaseInput = GroupInput['phases'][number];

/** A phase with a single harmless operation, unless told otherwise. */
export const phaseOf = (name: string, more: Partial<PhaseInput> = {}): PhaseInput => ({
  name,
  operations: [{ id: `${name}Op`, run: 'true' }],
  ...more,
});

/** A job of the given groups, with every default filled in. */
export const jobOf = (groups: readonly GroupInput[], spec: Partial<JobInput['spec']> = {}): Job =>
  jobSchema.parse({
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'roll-shop' },
    spec: { ...spec, groups: [...groups] },
  });

/** A job with one group, and that group. */
export const oneGroup = (
  more: Partial<GroupInput>,
  spec: Partial<JobInput['spec']> = {},
): { readonly job: Job; readonly group: Group } => {
  const job = jobOf([{ name: 'g', phases: [phaseOf('p')], ...more }], spec);
  return { job, group: job.spec.groups[0]! };
};

/** A node of the inventory; online, on Linux, on an instance of its own. */
export const nodeOf = (id: string, more: Record<string, unknown> = {}): InventoryNode =>
  inventoryNodeSchema.parse({
    id,
    name: id,
    host: `${id}.example`,
    agent: 'aws',
    region: 'eu-west-1',
    instanceId: `i-${id}`,
    online: true,
    ...more,
  });

/** Nodes `h01`, `h02`, … as a run freezes them. */
export const targetsOfSize = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    node: withoutReach(nodeOf(`h${String(i + 1).padStart(2, '0')}`)),
    online: true,
  }));

/** A node that is left to do from its first operation, through its own instance. */
export const candidateOf = (inventory: InventoryNode): BatchCandidate => {
  const node = withoutReach(inventory);
  return { node, via: placementOf(node), online: inventory.online, startAt: 0, tolerated: false };
};

/** Fleets of up to `max` nodes over two agents, accounts, regions, and instances that several nodes share. */
export const anyFleet = (max: number): fc.Arbitrary<readonly InventoryNode[]> =>
  fc
    .array(
      fc.record({
        agent: fc.constantFrom('aws', 'aliyun'),
        account: fc.option(fc.constantFrom('111', '222'), { nil: undefined }),
        region: fc.constantFrom('eu-west-1', 'cn-hangzhou'),
        instance: fc.nat({ max: max }),
        online: fc.boolean(),
      }),
      { maxLength: max },
    )
    .map((specs) =>
      specs.map(({ instance, ...spec }, i) => nodeOf(`n${i}`, { ...spec, instanceId: `i-${spec.region}-${instance}` })),
    );

/** What the agents of the clouds take in one call. */
export const limitOf = (agent: 'aws' | 'aliyun'): number => (agent === 'aws' ? 50 : 100);

/** What happened to node `id` in one operation. */
export const resultOf = (id: string, operationIndex: number, status: OutcomeStatus, tryNumber = 0): ResultStep => ({
  nodeId: nodeIdSchema.parse(id),
  operationIndex,
  tryNumber,
  outcome: { status },
});

/** Operations, each with or without `failIgnore`. */
export const operationsOf = (...failIgnores: readonly boolean[]) =>
  failIgnores.map((failIgnore, index) => ({ id: `o${index}`, failIgnore }));
