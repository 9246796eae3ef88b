import * as z from 'zod';
import { nodeIdSchema } from './ids.ts';

/** The agents that clouds put on their instances: AWS SSM, Alibaba Cloud Assistant. */
export const agentKinds = ['aws', 'aliyun'] as const;
export type AgentKind = (typeof agentKinds)[number];

export const osSchema = z.enum(['linux', 'windows']);
export type Os = z.infer<typeof osSchema>;

/** Where an agent can be reached: enough to address one instance through its cloud. */
export const placementSchema = z.strictObject({
  agent: z.enum(agentKinds),
  account: z.string().min(1).max(64).optional(),
  region: z.string().min(1).max(64),
  instanceId: z.string().min(1).max(64),
  os: osSchema,
});
export type Placement = z.infer<typeof placementSchema>;

/** One target. Two nodes may live on one instance (two services on different ports). */
export const nodeSchema = z.strictObject({
  id: nodeIdSchema,
  name: z.string().max(256),
  type: z.string().max(64).default('host'),
  host: z.string().max(256),
  port: z.int().min(0).max(65_535).optional(),
  agent: z.enum(agentKinds),
  account: z.string().min(1).max(64).optional(),
  region: z.string().min(1).max(64),
  instanceId: z.string().min(1).max(64),
  os: osSchema.default('linux'),
  tags: z.record(z.string().max(128), z.string().max(256)).default({}),
});
export type Node = z.infer<typeof nodeSchema>;

/** The placement of a node's own instance. */
export const placementOf = (node: Node): Placement => ({
  agent: node.agent,
  ...(node.account === undefined ? {} : { account: node.account }),
  region: node.region,
  instanceId: node.instanceId,
  os: node.os,
});

/** A node of the inventory with what is known of its agent. `online` is a hint that lags by minutes on both clouds. */
export const inventoryNodeSchema = nodeSchema.extend({
  online: z.boolean(),
  agentVersion: z.string().optional(),
  lastSeenAt: z.iso.datetime().optional(),
  /** The cloud has the instance, and never heard of an agent on it. */
  agentMissing: z.literal(true).optional(),
  /** The cloud says that there is a newer agent; absent where it says nothing. */
  agentOutdated: z.boolean().optional(),
  /** The instance is shut down; absent also where the cloud does not tell. */
  stopped: z.literal(true).optional(),
});
export type InventoryNode = z.infer<typeof inventoryNodeSchema>;

/** How an agent stands: it answers, it did once, or there never was one. */
export const agentStates = ['online', 'silent', 'missing'] as const;
export type AgentState = (typeof agentStates)[number];

/** How the agent of a node stands. */
export const agentStateOf = ({ online, agentMissing }: Pick<InventoryNode, 'online' | 'agentMissing'>): AgentState => {
  if (agentMissing === true) return 'missing';
  return online ? 'online' : 'silent';
};
