import * as z from 'zod';
import { estimateSchema } from '../cost/estimate-schema.ts';
import { maxFailuresSchema } from '../model/failure-budget.ts';
import { nodeIdSchema, runIdSchema } from '../model/ids.ts';
import { amountSchema, interpreters, turnPolicies } from '../model/job.ts';
import { agentKinds, agentStates } from '../model/node.ts';
import { plannedScriptSchema } from './script-plan.ts';

const count = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A node in a plan. */
export const planNodeSchema = z.object({ id: nodeIdSchema, name: z.string(), online: z.boolean() });
export type PlanNode = z.infer<typeof planNodeSchema>;

/** The batches of a slice that go to one agent, account and region, online or not. */
export const planBatchesSchema = z.object({
  agent: z.enum(agentKinds),
  account: z.string().optional(),
  region: z.string(),
  online: z.boolean(),
  batchCount: count,
  nodeCount: count,
});
export type PlanBatches = z.infer<typeof planBatchesSchema>;

/** A disruption budget that nodes of a slice are under. */
export const planBudgetSchema = z.object({
  name: z.string(),
  max: amountSchema,
  /** Nodes of the inventory that are under it. */
  total: count,
  /** How many of them may be worked on at once, over all runs. */
  limit: count,
  /** Nodes of the slice that are under it. */
  nodes: count,
});
export type PlanBudget = z.infer<typeof planBudgetSchema>;

/** One phase on the nodes of its round. */
export const planSliceSchema = z.object({
  /** Stage of the group in which it runs, from 0; slices of one stage run together. */
  stageIndex: count,
  phase: z.string(),
  kind: z.enum(['nodes', 'runner']),
  /** Nodes of the round, or 1 for the runner. */
  nodeCount: count,
  /** Nodes at once; a disruption budget over all of them makes it smaller than the job says. */
  width: z.int().min(1),
  /** Disruption budgets that nodes of the slice are under; absent for none. */
  budgets: z.array(planBudgetSchema).optional(),
  /** Batches at once. */
  batchesAtOnce: z.int().min(1),
  batches: z.array(planBatchesSchema),
});
export type PlanSlice = z.infer<typeof planSliceSchema>;

/** A round with its nodes, in the order in which they start. A oneShot group has a single one, numbered 0. */
export const planRoundSchema = z.object({
  round: count,
  nodes: z.array(planNodeSchema),
  slices: z.array(planSliceSchema),
});
export type PlanRound = z.infer<typeof planRoundSchema>;

/** An operation of a phase. Scripts and values stay out; `digest` stands for the whole of it. */
export const planOperationSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  interpreter: z.enum(interpreters),
  timeoutSeconds: z.number(),
  failIgnore: z.boolean(),
  when: z.string().optional(),
  /** The command of the library that it uses, with the libraries that go with it. */
  command: z
    .object({
      name: z.string(),
      version: digest,
      libraries: z.array(z.object({ name: z.string(), version: digest })),
    })
    .optional(),
  digest,
});
export type PlanOperation = z.infer<typeof planOperationSchema>;

export const planPhaseSchema = z.object({
  name: z.string(),
  on: z.enum(['target', 'runner', 'runnerPerTarget']),
  /** The runner, for phases that need one. */
  runner: planNodeSchema.optional(),
  operations: z.array(planOperationSchema),
});
export type PlanPhase = z.infer<typeof planPhaseSchema>;

export const planGroupSchema = z.object({
  name: z.string(),
  strategy: z.enum(['oneShot', 'grayScale']),
  nodeCount: count,
  stageCount: count,
  maxFailures: maxFailuresSchema,
  /** How many nodes may fail without stopping the group. */
  failuresAllowed: count,
  soakSeconds: z.number().optional(),
  phases: z.array(planPhaseSchema),
  rounds: z.array(planRoundSchema),
  leftOut: z.array(z.object({ nodeId: nodeIdSchema, reason: z.string() })),
});
export type PlanGroup = z.infer<typeof planGroupSchema>;

/** Something the operator should know before the run. */
export const planWarningSchema = z.object({
  kind: z.enum(['offline', 'leftOut', 'noNodes', 'wrongSystem', 'tooLarge']),
  group: z.string(),
  /** A sentence that names the first few nodes. */
  message: z.string(),
  /** All the nodes it is about. */
  nodeIds: z.array(nodeIdSchema),
});
export type PlanWarning = z.infer<typeof planWarningSchema>;

/** A secret that operations would be given: where it is kept, never what it is. */
export const planSecretSchema = z.object({
  param: z.string(),
  reference: z.string(),
  operations: z.array(z.string()),
  /** What is odd about it, each a sentence. */
  warnings: z.array(z.string()),
});
export type PlanSecret = z.infer<typeof planSecretSchema>;
const planTurnSchema = z.object({ key: z.string(), policy: z.enum(turnPolicies), limit: count });

const planRunSchema = z.object({ runId: runIdSchema, job: z.string(), actor: z.string(), since: z.string() });

/** What other runs hold at this moment: not part of the plan and of its digest, because it changes by itself. */
export const heldNowSchema = z.object({
  /** Runs that go on under the key of this one, and how many wait. */
  turn: z.object({ running: z.array(planRunSchema), waiting: count }).optional(),
  /** Nodes of this plan that other runs have for themselves, by run. */
  leases: z.array(z.object({ runId: runIdSchema, job: z.string(), nodeIds: z.array(nodeIdSchema) })),
  /** Nodes in use of the disruption budgets of this plan. */
  budgets: z.array(z.object({ name: z.string(), used: count, waiting: count })),
});
export type HeldNow = z.infer<typeof heldNowSchema>;

/** The reading of the clouds that a plan was made from: not part of the plan and of its digest, because it changes by itself. */
export const planInventorySchema = z.object({
  /** When the clouds were read. */
  readAt: z.iso.datetime(),
  /** Nodes of the plan that were not online then: how their agents stood, and when they were last heard of. */
  silent: z.array(
    z.object({
      nodeId: nodeIdSchema,
      state: z.enum(agentStates),
      lastSeenAt: z.iso.datetime().optional(),
      stopped: z.literal(true).optional(),
    }),
  ),
});
export type PlanInventory = z.infer<typeof planInventorySchema>;

/** What a run would do, seen beforehand. */
export const runPlanSchema = z.object({
  job: z.string(),
  /** Under which key it takes its turn; absent when any number of its runs may go on at once. */
  concurrency: planTurnSchema.optional(),
  /** Of the values of its params, as JSON; secrets are references. */
  paramsDigest: digest.optional(),
  groups: z.array(planGroupSchema),
  totals: z.object({
    /** Different nodes, over all groups; runners not counted. */
    nodes: count,
    /** Operations times nodes: so many results the run would have if nothing is skipped and nothing fails. */
    nodeOperations: count,
    /** Calls of the clouds' agents: one send per batch and operation, and at least one look after each; a look repeats while the operation runs. */
    agentCalls: z.object({ sends: count, looks: count }),
  }),
  warnings: z.array(planWarningSchema),
  secrets: z.array(planSecretSchema),
  /** SHA-256 of all that comes before as JSON: equal digests are equal plans. What follows comes from that, or changes by itself. */
  digest,
  /** The scripts that would be sent, with their values. */
  scripts: z.array(plannedScriptSchema).optional(),
  /** What it would take and cost. */
  estimate: estimateSchema.optional(),
  inventory: planInventorySchema.optional(),
  heldNow: heldNowSchema.optional(),
});
export type RunPlan = z.infer<typeof runPlanSchema>;
