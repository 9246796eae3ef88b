import * as z from 'zod';
import { nodeIdSchema } from '../model/ids.ts';
import { agentKinds, agentStates } from '../model/node.ts';
import { targetSetNameSchema } from '../model/target-set.ts';
import { readingViewSchema } from './node-views.ts';

const count = z.int().min(0);

/** Most agents that are named in one answer. */
export const mostNamedAgents = 20_000;

/** Query of `GET /v1/agents`. */
export const agentsQuerySchema = z.strictObject({
  /** A CEL condition over `node`. */
  where: z.string().max(4096).optional(),
  /** Name of a target set. */
  set: targetSetNameSchema.optional(),
  /** True: the clouds are read for this answer. */
  refresh: z.stringbool().optional(),
  /** How many of the silent and missing agents are named. */
  limit: z.coerce.number().int().min(0).max(mostNamedAgents).default(20),
});
export type AgentsQuery = z.infer<typeof agentsQuerySchema>;

const placeSchema = z.object({
  agent: z.enum(agentKinds),
  account: z.string().optional(),
  region: z.string(),
});

/** The agents of one cloud, account and region. */
export const agentPlaceSchema = placeSchema.extend({
  online: count,
  silent: count,
  missing: count,
  /** Instances that are known to be shut down; they count as silent or missing too. */
  stopped: count,
  /** Versions, most agents first. */
  versions: z.array(
    z.object({
      version: z.string(),
      count,
      /** How many of them the cloud has a newer version for; absent where it does not say. */
      outdated: count.optional(),
    }),
  ),
});
export type AgentPlace = z.infer<typeof agentPlaceSchema>;

/** An agent that does not answer. */
export const lackingAgentSchema = placeSchema.extend({
  nodeId: nodeIdSchema,
  name: z.string(),
  state: z.enum(agentStates),
  version: z.string().optional(),
  lastSeenAt: z.iso.datetime().optional(),
  stopped: z.literal(true).optional(),
});
export type LackingAgent = z.infer<typeof lackingAgentSchema>;

/** Answer of `GET /v1/agents`. */
export const agentsViewSchema = z
  .object({
    places: z.array(agentPlaceSchema),
    /** Agents that are silent or missing, the missing first. */
    lacking: z.array(lackingAgentSchema),
    /** How many more there are of them. */
    omitted: count,
  })
  .extend(readingViewSchema.shape);
export type AgentsView = z.infer<typeof agentsViewSchema>;

/** Body of `POST /v1/agents/install`. Without `where`, `set` and `nodes`, all nodes are meant. */
export const installAgentsRequestSchema = z.strictObject({
  /** A CEL condition over `node`. */
  where: z.string().max(4096).optional(),
  /** Name of a target set. */
  set: targetSetNameSchema.optional(),
  /** Ids or names. */
  nodes: z.array(z.string().min(1).max(256)).min(1).max(10_000).optional(),
  /** True: nothing is done, and the answer says what would be. */
  dryRun: z.boolean().default(false),
  /** Whether instances may be restarted, where a new agent begins only then. */
  reboot: z.boolean().default(false),
  cursor: z.string().max(4096).optional(),
  /** Nodes that are looked at for one answer. */
  limit: z.int().min(1).max(500).default(200),
});
export type InstallAgentsRequest = z.infer<typeof installAgentsRequestSchema>;

/** What becomes of an agent: it is installed or updated, it is well, a person has to do something, or the cloud would not do it. */
export const careActions = ['install', 'update', 'none', 'manual', 'refused'] as const;

/** What was, or would be, done about the agent of a node. */
export const agentCareSchema = placeSchema.extend({
  nodeId: nodeIdSchema,
  name: z.string(),
  action: z.enum(careActions),
  /** A clause that follows the name. */
  says: z.string(),
  /** What a person can do. */
  advice: z.string().optional(),
});
export type AgentCareView = z.infer<typeof agentCareSchema>;

/** Answer of `POST /v1/agents/install`: one page of nodes; the next one is done with the cursor. */
export const installAgentsViewSchema = z
  .object({ dryRun: z.boolean(), items: z.array(agentCareSchema), cursor: z.string().optional() })
  .extend(readingViewSchema.shape);
export type InstallAgentsView = z.infer<typeof installAgentsViewSchema>;
