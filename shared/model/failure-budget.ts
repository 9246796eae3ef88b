import * as z from 'zod';
import { type Amount, amountSchema, conditionSchema } from './job-values.ts';

export const failureClasses = ['failed', 'timedOut', 'undeliverable', 'lost'] as const;
export type FailureClass = (typeof failureClasses)[number];

/** A budget in all its parts. */
export const failureBudgetSchema = z.strictObject({
  max: amountSchema,
  /** Which ends of a node count. */
  of: z
    .array(z.enum(failureClasses))
    .min(1)
    .default([...failureClasses]),
  /** So many nodes of the part must have come to an end before the budget can be spent. */
  minSample: z.int().min(1).max(150_000).default(1),
  /** One budget for each part: `round`, or for each value of an expression over the node, such as `node.tags.zone`. */
  per: z.union([z.literal('round'), conditionSchema]).optional(),
});

/** How many nodes may fail: a count, a percentage, or a budget in all its parts. */
export const maxFailuresSchema = z.union(
  [amountSchema, failureBudgetSchema],
  'is not a failure budget (a count, a percentage such as 5%, or a map with max)',
);
export type MaxFailures = z.infer<typeof maxFailuresSchema>;
export type FailureBudget = z.infer<typeof failureBudgetSchema>;

const isAmount = (budget: MaxFailures): budget is Amount => typeof budget !== 'object';

/** The budget with its parts filled in. */
export const completeBudget = (budget: MaxFailures): FailureBudget =>
  isAmount(budget) ? { max: budget, of: [...failureClasses], minSample: 1 } : budget;

/** What the nodes of one batch mean for one part of one budget. */
export const tallySchema = z.strictObject({
  /** `run`, `group`, or `phase:<index>`. */
  budget: z.string(),
  /** The part: a round, a value of the expression; empty when the budget is one. */
  part: z.string(),
  failed: z.int().min(0),
  ended: z.int().min(0),
});
export type Tally = z.infer<typeof tallySchema>;
