import * as z from 'zod';
import { batchIdSchema, nodeIdSchema, runIdSchema } from './ids.ts';
import { amountSchema, conditionSchema, turnPolicies } from './job.ts';

/**
 * Glossary. Turn: the right of a run to go on under its key. Lease: the right of a batch to a node, alone. Share: the part of a disruption
 * budget that a batch uses. Permit: what a batch has of leases and shares, all or none of them. Every right ends at a time unless it is kept;
 * a fencing number grows with each grant, so of two holders of one thing the one with the greater number is the later.
 */

const timeSchema = z.iso.datetime();
const countSchema = z.int().min(0);
/** Grows with every grant; begins at the clock's milliseconds, so that it grows on when a record was forgotten. */
const fencingSchema = z.int().min(0);

/** The key of a turn: one line, 1 to 200 characters. */
export const turnKeySchema = z
  .string()
  .regex(/^[^\p{Cc}]{1,200}$/u, 'is not a concurrency key (1 to 200 characters on one line)');

/** What a run's job says about its turn, with the key filled in. */
export const turnSettingsSchema = z.strictObject({
  key: turnKeySchema,
  policy: z.enum(turnPolicies),
  limit: z.int().min(1),
});
export type TurnSettings = z.infer<typeof turnSettingsSchema>;

const turnEntrySchema = z.strictObject({
  runId: runIdSchema,
  attempt: z.int().min(1),
  jobName: z.string(),
  actor: z.string(),
  /** Since when it goes on, or waits. */
  since: timeSchema,
  /** Until when this counts unless it is kept. */
  until: timeSchema,
  /** The run that takes its place: this one is to be aborted. */
  replacedBy: runIdSchema.optional(),
});
/** A run that goes on under a key, or waits. */
export type TurnEntry = z.infer<typeof turnEntrySchema>;

const turnHolderSchema = turnEntrySchema.extend({ fencing: fencingSchema });
export type TurnHolder = z.infer<typeof turnHolderSchema>;

const turnWaiterSchema = turnEntrySchema.extend({
  /** Order of arrival. */
  ticket: z.int().min(1),
  /** How many may go on at once, as its own job says. */
  limit: z.int().min(1),
});
export type TurnWaiter = z.infer<typeof turnWaiterSchema>;

/** Somebody took a turn away by hand. */
export const turnBreakSchema = z.strictObject({
  at: timeSchema,
  by: z.string(),
  reason: z.string().optional(),
  runId: runIdSchema,
  attempt: z.int().min(1),
});
export type TurnBreak = z.infer<typeof turnBreakSchema>;

/** Who goes on under a key, and who waits, in the order of arrival. */
export const turnRecordSchema = z.strictObject({
  key: turnKeySchema,
  version: z.int().min(0),
  fencing: fencingSchema,
  /** Tickets given so far. */
  tickets: countSchema,
  holders: z.array(turnHolderSchema),
  waiters: z.array(turnWaiterSchema),
  /** The latest, oldest first. */
  breaks: z.array(turnBreakSchema),
});
export type TurnRecord = z.infer<typeof turnRecordSchema>;

/** Names a batch of any run. */
export const permitKeySchema = z.strictObject({ runId: runIdSchema, batchId: batchIdSchema });
export type PermitKey = z.infer<typeof permitKeySchema>;

/** Why a batch waits, for people. */
export const permitWaitSchema = z.strictObject({
  kind: z.enum(['node', 'budget']),
  /** Id of the first node, or name of the budget. */
  name: z.string(),
  /** How many nodes cannot be had now. */
  nodes: countSchema,
  /** A clause: `i-1 is leased by run X (job)`. */
  message: z.string(),
  since: timeSchema,
});
export type PermitWait = z.infer<typeof permitWaitSchema>;

export const permitStates = ['waiting', 'taking', 'held', 'ended'] as const;
/**
 * What a batch has of leases and shares. Leases and shares name their permit and its fencing number and count only while it is `taking` or
 * `held` under that number, so one write ends them all. Who finds it past `until` ends it before taking anything of it.
 */
export const permitRecordSchema = z.strictObject({
  ...permitKeySchema.shape,
  jobName: z.string(),
  version: z.int().min(0),
  fencing: fencingSchema,
  state: z.enum(permitStates),
  /** When the batch first asked: of two that want the same, the one that asked first gets it. */
  askedAt: timeSchema,
  until: timeSchema,
  nodeCount: countSchema,
  /** True when it has leases on its nodes. */
  exclusive: z.boolean(),
  /** Budgets it has shares of. */
  budgets: z.array(z.string()),
  waitingFor: permitWaitSchema.optional(),
  ended: z
    .strictObject({
      at: timeSchema,
      how: z.enum(['released', 'expired', 'broken']),
      by: z.string().optional(),
      reason: z.string().optional(),
    })
    .optional(),
});
export type PermitRecord = z.infer<typeof permitRecordSchema>;

const leaseHolderSchema = z.strictObject({
  ...permitKeySchema.shape,
  jobName: z.string(),
  /** Fencing number of the permit that this lease stands and falls with. */
  permit: fencingSchema,
  fencing: fencingSchema,
  since: timeSchema,
});
export type LeaseHolder = z.infer<typeof leaseHolderSchema>;

const placeSchema = z.strictObject({ ...permitKeySchema.shape, askedAt: timeSchema, until: timeSchema });
/** The place of a waiting batch. */
export type WaitingPlace = z.infer<typeof placeSchema>;

/** Who uses a node alone: one batch, or several of one run. */
export const leaseRecordSchema = z.strictObject({
  nodeId: nodeIdSchema,
  version: z.int().min(0),
  fencing: fencingSchema,
  holders: z.array(leaseHolderSchema),
  waiters: z.array(placeSchema),
});
export type LeaseRecord = z.infer<typeof leaseRecordSchema>;

/** Names of disruption budgets. */
export const budgetNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not a budget name (letters, digits, . _ -; at most 64 characters)');

/** Never more than `max` of the nodes for which `where` holds are worked on at once, over all runs. */
export const disruptionBudgetSchema = z.strictObject({
  name: budgetNameSchema,
  where: conditionSchema,
  /** A count, or a share of the inventory's nodes under the budget, rounded down and at least one. 0: none at all. */
  max: amountSchema,
  description: z.string().max(1024).optional(),
});
export type DisruptionBudget = z.infer<typeof disruptionBudgetSchema>;

export const budgetRecordSchema = z.strictObject({
  ...disruptionBudgetSchema.shape,
  version: z.int().min(0),
  updatedAt: timeSchema,
  updatedBy: z.string(),
});
export type BudgetRecord = z.infer<typeof budgetRecordSchema>;

const shareSchema = z.strictObject({
  ...permitKeySchema.shape,
  jobName: z.string(),
  permit: fencingSchema,
  nodes: z.int().min(1),
  since: timeSchema,
});
export type BudgetShare = z.infer<typeof shareSchema>;

const shareWaiterSchema = placeSchema.extend({ nodes: z.int().min(1), limit: countSchema });
export type ShareWaiter = z.infer<typeof shareWaiterSchema>;

/** Who uses a disruption budget, and who waits for it. */
export const budgetUseSchema = z.strictObject({
  name: budgetNameSchema,
  version: z.int().min(0),
  shares: z.array(shareSchema),
  waiters: z.array(shareWaiterSchema),
});
export type BudgetUse = z.infer<typeof budgetUseSchema>;
