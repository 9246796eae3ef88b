import { type AgentState, agentStateOf, type InventoryNode } from '#shared/model/node.ts';
import type { NodeStatus } from '#shared/model/status.ts';

/** A cloud as people call it. */
export const cloudName = (agent: InventoryNode['agent']): string => (agent === 'aws' ? 'AWS' : 'Alibaba Cloud');

/** The tags of a node in a line, by name; `Name`, which is its name, is left out. */
export const tagsText = (tags: InventoryNode['tags']): string =>
  Object.entries(tags)
    .filter(([name]) => name !== 'Name')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** The status whose looks an agent's state has. */
export const looksOf: Readonly<Record<AgentState, NodeStatus>> = {
  online: 'succeeded',
  silent: 'undeliverable',
  missing: 'failed',
};

/** How the agent of a node stands, in words. */
export const agentWords = (node: InventoryNode): string => {
  const state = agentStateOf(node);
  const said = state === 'missing' ? 'no agent' : state;
  return node.stopped === true ? `${said}, instance is shut down` : said;
};
