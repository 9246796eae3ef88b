import * as z from 'zod';
import { amountSchema, durationSchema, regexSchema, templateSchema } from './job-values.ts';

const deciders = z.array(z.string().min(1).max(256)).min(1).max(50);

/** What people must agree on before something goes on. */
export const approvalSchema = z.strictObject({
  /** How many different people must approve; one rejection is enough to stop. */
  count: z.int().min(1).max(10).default(1),
  /** Actors or roles who may decide; anybody when absent. */
  of: deciders.optional(),
  /** True when the one who started the run may not approve it. */
  fourEyes: z.boolean().default(false),
  message: z.string().max(1024).optional(),
  /** After this without a decision it counts as rejected. */
  expires: durationSchema.default('24h'),
});
export type Approval = z.infer<typeof approvalSchema>;

/** Approval of a whole run, bound to its plan: when more targets than `drift` differ in the end, it is asked for again. */
export const runApprovalSchema = approvalSchema.extend({ drift: amountSchema.default(0) });
export type RunApproval = z.infer<typeof runApprovalSchema>;

/** Approval between the rounds of a group: after the first one, or after every one. */
export const roundApprovalSchema = approvalSchema.extend({ after: z.enum(['first', 'every']).default('first') });
export type RoundApproval = z.infer<typeof roundApprovalSchema>;

export const inputTypes = ['button', 'select', 'multiSelect', 'text'] as const;

/** A question to a person; the answer is the output `answer` of the operation. */
export const waitInputSchema = z.strictObject({
  message: templateSchema,
  type: z.enum(inputTypes).default('button'),
  /** What to choose from; for all types but text. */
  options: z.array(z.string().min(1).max(256)).min(1).max(100).optional(),
  /** What a text must match. */
  pattern: regexSchema.optional(),
  of: deciders.optional(),
});
export type WaitInput = z.infer<typeof waitInputSchema>;

/** Approval as an operation. Its timeout is when it expires. */
export const approveSchema = z.strictObject({
  message: templateSchema,
  count: z.int().min(1).max(10).default(1),
  of: deciders.optional(),
  fourEyes: z.boolean().default(false),
});
export type Approve = z.infer<typeof approveSchema>;

export const gateKinds = ['start', 'round', 'judge', 'approve', 'input'] as const;
export const gateStatuses = ['open', 'approved', 'rejected', 'answered', 'expired'] as const;
const timeSchema = z.iso.datetime();

/** What somebody said at a gate. */
export const voteSchema = z.strictObject({
  actor: z.string(),
  decision: z.enum(['approve', 'reject', 'answer']),
  comment: z.string().optional(),
  /** Digest of the plan that was approved. */
  digest: z.string().optional(),
  at: timeSchema,
});
export type Vote = z.infer<typeof voteSchema>;

/**
 * A place where a run waits for people. `start`: before the first group. `round`: between rounds. `judge`: after a phase that judges and
 * failed. `approve`, `input`: an operation; its gate has the id of its invocation.
 */
export const gateRecordSchema = z.strictObject({
  gateId: z.string().min(1).max(128),
  attempt: z.int().min(1),
  kind: z.enum(gateKinds),
  message: z.string(),
  count: z.int().min(1),
  of: deciders.optional(),
  fourEyes: z.boolean(),
  input: waitInputSchema.pick({ type: true, options: true, pattern: true }).optional(),
  /** What an approval holds for: the digest of the plan. */
  digest: z.string().optional(),
  status: z.enum(gateStatuses),
  votes: z.array(voteSchema),
  /** What was answered; a JSON list for multiSelect. */
  answer: z.string().max(4096).optional(),
  openedAt: timeSchema,
  expiresAt: timeSchema,
  decidedAt: timeSchema.optional(),
});
export type GateRecord = z.infer<typeof gateRecordSchema>;
