import { describe, expect, it } from 'vitest';
import { putJson } from '#functions/records/json-blob.ts';
import { candidatesOf, candidatesOfRun, matcher, resolveTargets } from '#functions/targets/resolve-targets.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { type InventoryNode, nodeSchema } from '#shared/model/node.ts';
import { createMemoryBlobs } from '#test/kit/memory-blobs.ts';
import { host, hosts, jobOf, op, runnerNode } from '#test/kit/rig.ts';

const scope = { params: { app: 'h' }, run: { id: 'R', attempt: 1, job: 'roll' } };
const own = (id: string, more: Partial<InventoryNode> = {}) => {
  const { online: _online, ...node } = host(id, more);
  return nodeSchema.parse(node);
};
const phase = (more: Readonly<Record<string, unknown>> = {}) => ({ name: 'p', operations: [op('a')], ...more });
const resolve = (
  nodes: readonly InventoryNode[],
  { targets = {}, phases = [phase()] }: { readonly targets?: object; readonly phases?: readonly unknown[] } = {},
) => {
  const job = parseJob(jobOf([{ name: 'g', phases }], { params: { app: {} }, targets }));
  const group = job.spec.groups[0]!;
  return resolveTargets(job, group, { nodes, explicit: false, unknown: 0, inventory: nodes }, scope);
};

describe('the candidates of a run', () => {
  it('are the inventory, or the caller’s own list with the state of its agents from the inventory', async () => {
    const blobs = createMemoryBlobs();
    const reading = { nodes: [host('i-1'), host('i-2', { online: false })] };
    const nodes = [own('svc', { instanceId: 'i-1' }), own('i-2'), own('i-9')];
    const nodesBlob = await putJson(blobs, 'nodes', nodes);

    const found = (await candidatesOfRun(blobs, undefined))(reading);
    const named = (await candidatesOfRun(blobs, nodesBlob))(reading);

    expect([found.explicit, found.nodes.length]).toEqual([false, 2]);
    expect(named).toMatchObject({ explicit: true, unknown: 1 });
    expect(named.nodes.map((node) => [node.id, node.online])).toEqual([
      ['svc', true],
      ['i-2', false],
      ['i-9', false],
    ]);
    expect(named.inventory).toEqual(found.inventory);
  });

  it('tells instances of one id apart by cloud and region', () => {
    const inventory = [host('i-1')];

    const { nodes } = candidatesOf([own('i-1'), own('x', { instanceId: 'i-1', region: 'eu-west-2' })], inventory);

    expect(nodes.map((node) => node.online)).toEqual([true, false]);
  });
});

describe('the targets of a group', () => {
  it('fulfil where, which may use parameters, and not exclude', () => {
    const nodes = [
      host('i-2'),
      host('i-1'),
      host('i-3', { tags: { role: 'h', hold: 'yes' } }),
      host('i-4', { tags: {} }),
    ];

    const { nodes: found, leftOut } = resolve(nodes, {
      targets: {
        where: 'has(node.tags.role) && node.tags.role == params.app',
        exclude: 'has(node.tags.hold) && node.tags.hold == "yes"',
      },
    });

    expect(found.map(({ node }) => node.id)).toEqual(['i-1', 'i-2']);
    expect(leftOut).toMatchObject([{ nodeId: 'i-3', reason: expect.stringContaining('exclude') }]);
  });

  it('freeze whether an agent was online, and nothing else of the moment', () => {
    const { nodes } = resolve([host('i-1', { online: false, agentVersion: '3.1' })], { targets: { where: 'true' } });

    expect(nodes).toEqual([{ node: own('i-1'), online: false }]);
  });

  it('are none where all phases run on the runner alone', () => {
    const { nodes, runners } = resolve([...hosts(2), runnerNode()], {
      targets: { where: 'true' },
      phases: [phase({ on: 'runner' })],
    });

    expect(nodes).toEqual([]);
    expect(runners['0']?.node.id).toBe('i-runner');
  });

  it('have a runner for each phase that needs one, where its own rule says', () => {
    const { runners } = resolve([...hosts(2), runnerNode()], {
      targets: { where: 'node.tags.role == "h"' },
      phases: [
        phase(),
        { ...phase({ on: 'runnerPerTarget' }), name: 'q', operations: [op('b')] },
        { ...phase({ on: 'runner', runner: { where: 'node.name == "h-2"' } }), name: 'r', operations: [op('c')] },
      ],
    });

    expect(Object.entries(runners).map(([index, { node }]) => [index, node.id])).toEqual([
      ['1', 'i-runner'],
      ['2', 'i-002'],
    ]);
  });

  it('cannot be told when no runner is online', () => {
    expect(() =>
      resolve([runnerNode({ online: false })], { targets: { where: 'true' }, phases: [phase({ on: 'runner' })] }),
    ).toThrow(expect.objectContaining({ code: 'plan.no-runner' }));
  });

  it('cannot be told when a condition fails on a node', () => {
    expect(() => resolve([host('i-1')], { targets: { where: 'int(node.tags.role) > 1' } })).toThrow(
      expect.objectContaining({ code: 'expression.failed' }),
    );
  });
});

describe('a condition on nodes', () => {
  it('that is absent says the same of every node', () => {
    expect(matcher(undefined, scope, true)(own('i-1'))).toBe(true);
    expect(matcher(undefined, scope, false)(own('i-1'))).toBe(false);
  });
});
