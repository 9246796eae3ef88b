import * as z from 'zod';
import { usageSchema } from '../model/usage.ts';
import { costSchema } from './prices.ts';

/** What a run is expected to take and to cost when nothing fails. */
export const estimateSchema = z.object({
  usage: usageSchema,
  cost: costSchema,
  /** From the start to the end, without waiting for people and for other runs; absent when a phase was never seen before. */
  seconds: z.number().min(0).optional(),
  /** Earlier runs of the job that it is made from. */
  fromRuns: z.int().min(0),
  /** Phases that none of them had, as `group/phase`. */
  unseenPhases: z.array(z.string()),
});
export type Estimate = z.infer<typeof estimateSchema>;
