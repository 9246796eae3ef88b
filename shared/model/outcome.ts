import * as z from 'zod';
import { outcomeStatuses } from './status.ts';

/** The complete bytes of a stream, as its node uploaded them. */
export const uploadSchema = z.strictObject({
  blob: z.string(),
  /** True when the blob is compressed (gzip). */
  gzip: z.boolean(),
  /** Of the bytes as the script printed them, as the node computed it; null where it had nothing to compute it with. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type Upload = z.infer<typeof uploadSchema>;

/**
 * What happened to one node in one operation: always a value with every field, never an exception.
 * Text fields hold at most 2,048 bytes each; when the operation printed more, `textBlob` names the blob that holds what the agent returned:
 * up to 16 KB, with a gap in the middle of a longer stream. What an agent cannot return complete is uploaded by the node itself (`uploads`), and
 * `omittedBytes` says how much of the output is kept nowhere.
 */
export const outcomeSchema = z.strictObject({
  status: z.enum(outcomeStatuses),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why, as a sentence; null when it succeeded. */
  reason: z.string().max(1024).nullable(),
  /** The agent's own word, kept beside ours. */
  rawStatus: z.string().max(128).nullable(),
  startedAt: z.iso.datetime().nullable(),
  durationMs: z.number().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  omittedBytes: z.int(),
  textBlob: z.string().nullable(),
  /** Absent when the text is all there is. `problem` says why a stream that should have been uploaded was not. */
  uploads: z
    .strictObject({
      stdout: uploadSchema.optional(),
      stderr: uploadSchema.optional(),
      problem: z.string().max(256).optional(),
    })
    .optional(),
  outputs: z.record(z.string(), z.string()),
  /** True when the node answered from its record: it had this operation already and did not run it again. */
  replayed: z.boolean(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** An outcome with nothing known but its status and reason; the base for the cases in which no script answered. */
export const bareOutcome = (
  status: Outcome['status'],
  reason: string | null,
  rawStatus: string | null = null,
): Outcome => ({
  status,
  exitCode: null,
  signal: null,
  reason,
  rawStatus,
  startedAt: null,
  durationMs: null,
  stdout: '',
  stderr: '',
  stdoutBytes: 0,
  stderrBytes: 0,
  omittedBytes: 0,
  textBlob: null,
  outputs: {},
  replayed: false,
});
