import * as z from 'zod';
import { batchIdSchema, nodeIdSchema, runIdSchema } from '../model/ids.ts';
import { amountSchema, turnPolicies } from '../model/job.ts';
import { disruptionBudgetSchema, turnBreakSchema } from '../model/lock.ts';

/** A run that goes on under a key, or waits there. */
export const turnRunSchema = z.object({
  runId: runIdSchema,
  attempt: z.int(),
  job: z.string(),
  actor: z.string(),
  since: z.string(),
  /** After this it is passed over, unless it is heard of before. */
  until: z.string(),
});
export type TurnRun = z.infer<typeof turnRunSchema>;

/** How a run stands in line. `behind`: those that go on, then those that wait before it; at most 20. */
export const turnViewSchema = z.object({
  key: z.string(),
  policy: z.enum(turnPolicies),
  limit: z.int(),
  /** `none` before it asked and after it ended. */
  state: z.enum(['held', 'waiting', 'none']),
  /** Place in line, from 1; absent unless it waits. */
  place: z.int().optional(),
  behind: z.array(turnRunSchema.extend({ state: z.enum(['running', 'waiting']) })),
  /** Grows with every turn that is given under the key; absent unless it has its turn. */
  fencing: z.int().optional(),
});
export type TurnView = z.infer<typeof turnViewSchema>;

/** A batch that waits for nodes which others use. */
export const waitViewSchema = z.object({
  batchId: batchIdSchema,
  group: z.string(),
  phase: z.string(),
  kind: z.enum(['node', 'budget']),
  /** Id of the first node that is not free, or name of the budget. */
  name: z.string(),
  /** Nodes of the batch. */
  nodes: z.int(),
  /** A clause that says who has what. */
  message: z.string(),
  since: z.string(),
});
export type WaitView = z.infer<typeof waitViewSchema>;

const turnLockSchema = z.object({
  kind: z.literal('turn'),
  /** `turn/<key>`: what `lock rm` takes. */
  name: z.string(),
  key: z.string(),
  holders: z.array(turnRunSchema.extend({ fencing: z.int() })),
  waiters: z.array(turnRunSchema),
  /** Turns that were taken away by hand, oldest first. */
  breaks: z.array(turnBreakSchema),
});

const shareViewSchema = z.object({ runId: runIdSchema, batchId: batchIdSchema, nodes: z.int(), since: z.string() });

const budgetLockSchema = z.object({
  kind: z.literal('budget'),
  /** `budget/<name>`. */
  name: z.string(),
  budget: z.string(),
  where: z.string(),
  max: amountSchema,
  used: z.int(),
  shares: z.array(shareViewSchema.extend({ job: z.string() })),
  waiters: z.array(shareViewSchema),
});

const nodesLockSchema = z.object({
  kind: z.literal('nodes'),
  /** `node/<id>` of its first node. */
  name: z.string(),
  runId: runIdSchema,
  batchId: batchIdSchema,
  job: z.string(),
  state: z.enum(['waiting', 'held']),
  nodeIds: z.array(nodeIdSchema),
  since: z.string(),
  /** Absent while it waits. */
  until: z.string().optional(),
  fencing: z.int(),
  /** What it waits for. */
  message: z.string().optional(),
});

/** Something that runs keep from each other now: a turn, a disruption budget in use, or the nodes of a batch. */
export const lockViewSchema = z.discriminatedUnion('kind', [turnLockSchema, budgetLockSchema, nodesLockSchema]);
export type LockView = z.infer<typeof lockViewSchema>;

/** Body of `POST /v1/locks/break`. `name`: `turn/<key>`, `node/<id>` or `budget/<name>`; `runId` narrows it to one run. */
export const breakLockRequestSchema = z.strictObject({
  name: z.string().min(1).max(300),
  runId: runIdSchema.optional(),
  reason: z.string().max(1024).optional(),
});
export type BreakLockRequest = z.infer<typeof breakLockRequestSchema>;

/** Whose locks were taken away. */
export const brokenViewSchema = z.object({
  items: z.array(z.object({ runId: runIdSchema, attempt: z.int().optional(), batchId: batchIdSchema.optional() })),
});
export type BrokenView = z.infer<typeof brokenViewSchema>;

/** Body of `PUT /v1/budgets/{budget}`. */
export const putBudgetRequestSchema = disruptionBudgetSchema.omit({ name: true });
export type PutBudgetRequest = z.infer<typeof putBudgetRequestSchema>;

/** A disruption budget, and what of it is in use. */
export const budgetViewSchema = disruptionBudgetSchema.extend({
  updatedAt: z.string(),
  updatedBy: z.string(),
  /** Nodes of the inventory that are under it now. */
  nodes: z.int(),
  /** How many of them may be worked on at once. */
  limit: z.int(),
  used: z.int(),
});
export type BudgetView = z.infer<typeof budgetViewSchema>;
