import * as z from 'zod';
import { costSchema } from '../cost/prices.ts';
import { nameSchema } from '../model/job-values.ts';
import { usageSchema } from '../model/usage.ts';

/** Of which month, and of which job. */
export const costQuerySchema = z.object({
  /** `YYYY-MM`, UTC; this month when absent. A run counts in the month in which it was created. */
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'is not a month such as 2026-11')
    .optional(),
  job: nameSchema.optional(),
});
export type CostQuery = z.infer<typeof costQuerySchema>;

/** What runs of a job that have ended used and cost. */
export const jobCostSchema = z.object({
  job: z.string(),
  runs: z.int().min(0),
  usage: usageSchema,
  cost: costSchema,
});
export type JobCost = z.infer<typeof jobCostSchema>;

/** Costs of a month by job, the most expensive first. */
export const costsViewSchema = z.object({
  month: z.string(),
  items: z.array(jobCostSchema),
  total: jobCostSchema.omit({ job: true }),
});
export type CostsView = z.infer<typeof costsViewSchema>;
