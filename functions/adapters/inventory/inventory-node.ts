import { nodeIdSchema } from '#shared/model/ids.ts';
import type { AgentKind, InventoryNode, Os } from '#shared/model/node.ts';
import { type AgentScope, type Reach, scopeOf } from '#shared/ports/agent.ts';

/** Longest name that a node has. */
const nameLength = 256;

/** What a cloud knows of an instance. */
export interface FoundInstance {
  readonly agent: AgentKind;
  readonly scope: AgentScope;
  readonly instanceId: string;
  /** Best first; the first that is not empty counts. */
  readonly names: readonly (string | undefined)[];
  readonly addresses: readonly (string | undefined)[];
  readonly os: Os;
  readonly tags: Readonly<Record<string, string>>;
  readonly reach: Omit<Reach, 'instanceId'>;
  /** What else the cloud says of agent and instance. */
  readonly more?: Pick<InventoryNode, 'agentMissing' | 'agentOutdated' | 'stopped'>;
}

const firstOf = (texts: readonly (string | undefined)[], otherwise: string): string =>
  (texts.find((text) => text !== undefined && text !== '') ?? otherwise).slice(0, nameLength);

/** The node of an instance: its id is the instance's own. */
export const inventoryNodeOf = (found: FoundInstance): InventoryNode => {
  const { agent, scope, instanceId, names, addresses, os, tags, reach, more } = found;
  return {
    id: nodeIdSchema.parse(instanceId),
    name: firstOf(names, instanceId),
    type: 'host',
    host: firstOf(addresses, instanceId),
    agent,
    ...scopeOf(scope),
    instanceId,
    os,
    tags: { ...tags },
    ...reach,
    ...more,
  };
};
