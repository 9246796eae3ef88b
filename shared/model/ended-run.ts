import * as z from 'zod';
import { runIdSchema } from './ids.ts';
import { runStatuses } from './status.ts';
import { usageSchema } from './usage.ts';

/** How long one phase took in a run. */
export const phaseTimeSchema = z.strictObject({
  group: z.string(),
  phase: z.string(),
  /** Milliseconds for as many batches as go at once, from their opening to their end; the median over the rounds. */
  waveMs: z.number().min(0),
});
export type PhaseTime = z.infer<typeof phaseTimeSchema>;

/** What is kept of a run that has ended, longer than the run: small, one item. */
export const endedRunSchema = z.strictObject({
  runId: runIdSchema,
  jobName: z.string(),
  status: z.enum(runStatuses),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime(),
  attempts: z.int().min(1),
  usage: usageSchema,
  phases: z.array(phaseTimeSchema),
});
export type EndedRun = z.infer<typeof endedRunSchema>;
