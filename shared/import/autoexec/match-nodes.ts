import { type InventoryNode, type Node, nodeSchema } from '#shared/model/node.ts';
import type { Findings } from './findings.ts';
import type { OldNode } from './read-nodes.ts';

type Index = ReadonlyMap<string, readonly InventoryNode[]>;

interface InventoryIndex {
  readonly byId: Index;
  readonly byName: Index;
  readonly byHost: Index;
}

/** Groups by key, one entry for each instance: two services on one instance are the same answer. */
const indexBy = (inventory: readonly InventoryNode[], keysOf: (node: InventoryNode) => readonly string[]): Index => {
  const index = new Map<string, InventoryNode[]>();
  for (const node of inventory) {
    for (const key of new Set(keysOf(node))) {
      const known = index.get(key) ?? [];
      const isNew = !known.some((other) => other.instanceId === node.instanceId && other.region === node.region);
      if (key !== '' && isNew) index.set(key, [...known, node]);
    }
  }
  return index;
};

const buildIndex = (inventory: readonly InventoryNode[]): InventoryIndex => ({
  byId: indexBy(inventory, (node) => [node.id, node.instanceId]),
  byName: indexBy(inventory, (node) => [node.name]),
  byHost: indexBy(inventory, (node) => [node.host.toLowerCase()]),
});

const describe = (old: OldNode): string =>
  (old.resourceId === '' ? '' : `resourceId ${old.resourceId}, `) +
  `nodeName ${JSON.stringify(old.nodeName)}, host ${JSON.stringify(old.host)}`;

const candidateNames = (candidates: readonly InventoryNode[]): string =>
  candidates.map(({ id, region, host }) => `${id} (${region}, ${host})`).join(', ');

/** Id, then name, then address. A name that several instances share is settled by the address, where that can be. */
const findInstance = (old: OldNode, index: InventoryIndex, findings: Findings): InventoryNode | undefined => {
  const byHost = index.byHost.get(old.host.toLowerCase()) ?? [];
  const candidates = index.byId.get(old.resourceId) ?? index.byName.get(old.nodeName) ?? byHost;
  const settled =
    candidates.length > 1 ? candidates.filter(({ host }) => host.toLowerCase() === old.host.toLowerCase()) : candidates;
  const [instance] = settled;
  if (candidates.length === 0) findings.unmatched(old.place, `${describe(old)}: no such instance in the inventory`);
  if (settled.length !== 1 && candidates.length > 0) {
    findings.unmatched(old.place, `${describe(old)}: could be ${candidateNames(candidates)}`);
  }
  if (settled.length !== 1 || instance === undefined) return undefined;
  if (byHost.length > 0 && !byHost.some(({ instanceId }) => instanceId === instance.instanceId)) {
    const message = `the nodeName is that of one instance and the host that of another; the name counts`;
    findings.countedNotice(old.place.path, message);
  }
  return instance;
};

/** A line of a hosts file is the instance itself. */
const hostNode = ({ id, name, type, host, agent, account, region, instanceId, os, tags }: InventoryNode): unknown => ({
  ...{ id, name, type, host, agent, region, instanceId, os, tags },
  ...(account === undefined ? {} : { account }),
});

const toNode = (old: OldNode, instance: InventoryNode): unknown => ({
  id: old.resourceId,
  name: old.nodeName === '' ? instance.name : old.nodeName,
  type: old.nodeType,
  host: old.host === '' ? instance.host : old.host,
  ...(old.port === undefined ? {} : { port: old.port }),
  agent: instance.agent,
  ...(instance.account === undefined ? {} : { account: instance.account }),
  region: instance.region,
  instanceId: instance.instanceId,
  os: instance.os,
  tags: instance.tags,
});

/** Finds the instance of every node: how to reach it comes from the inventory, who it is from the nodes file. */
export const matchNodes = (
  nodes: readonly OldNode[],
  inventory: readonly InventoryNode[],
  findings: Findings,
): readonly Node[] => {
  const index = buildIndex(inventory);
  return nodes.flatMap((old) => {
    const instance = findInstance(old, index, findings);
    if (instance === undefined) return [];
    const parsed = nodeSchema.safeParse(old.resourceId === '' ? hostNode(instance) : toNode(old, instance));
    if (parsed.success) return [parsed.data];
    for (const issue of parsed.error.issues) findings.invalid(old.place, `${issue.path.join('.')}: ${issue.message}`);
    return [];
  });
};
