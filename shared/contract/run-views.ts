import * as z from 'zod';
import { costSchema } from '../cost/prices.ts';
import { gateRecordSchema } from '../model/gate.ts';
import { nodeIdSchema, resultIdSchema, runIdSchema } from '../model/ids.ts';
import { paramValuesSchema } from '../model/job.ts';
import { markOrderSchema } from '../model/marks.ts';
import { agentKinds } from '../model/node.ts';
import { attemptSchema, controls, picksSchema, selectionSchema } from '../model/run.ts';
import { nodeStatuses, phaseStatuses, runStatuses } from '../model/status.ts';
import { stopWords } from '../model/stop.ts';
import { usageSchema } from '../model/usage.ts';
import { streams } from '../script/upload-key.ts';
import { turnViewSchema, waitViewSchema } from './lock-views.ts';

const countsSchema = z.partialRecord(z.enum(nodeStatuses), z.int().min(0));
const stopsSchema = z.partialRecord(z.enum(stopWords), z.int().min(0));

/** One slice in a view: a phase on the nodes of one round (round 0 in a oneShot group). */
export const sliceViewSchema = z.object({
  round: z.int(),
  rounds: z.int(),
  status: z.enum(phaseStatuses),
  attempt: z.int(),
  nodeCount: z.int(),
  counts: countsSchema,
  /** What is known of its nodes that were stopped; absent when none was. */
  stops: stopsSchema.optional(),
  openedAt: z.string(),
  closedAt: z.string().optional(),
});
export type SliceView = z.infer<typeof sliceViewSchema>;

/** A phase in a view. `counts` are of the nodes as they stand after the last attempt that touched them. */
export const phaseViewSchema = z.object({
  name: z.string(),
  on: z.enum(['target', 'runner', 'runnerPerTarget']),
  operations: z.array(z.string()),
  status: z.enum(phaseStatuses),
  nodeCount: z.int(),
  counts: countsSchema,
  slices: z.array(sliceViewSchema),
});
export type PhaseView = z.infer<typeof phaseViewSchema>;

/** A group in a view. `rounds` is 0 for oneShot, and before a grayScale group has resolved its targets. */
export const groupViewSchema = z.object({
  name: z.string(),
  strategy: z.enum(['oneShot', 'grayScale']),
  status: z.enum(phaseStatuses),
  nodeCount: z.int(),
  rounds: z.int(),
  /** Why nothing more of the group starts; absent while it may. */
  stopReason: z.string().optional(),
  phases: z.array(phaseViewSchema),
});
export type GroupView = z.infer<typeof groupViewSchema>;

/** A run without its progress, as in lists. */
export const runSummarySchema = z.object({
  runId: runIdSchema,
  /** `revision` of a stored job; absent for a job that came with the request. */
  job: z.object({ name: z.string(), digest: z.string(), revision: z.int().optional() }),
  status: z.enum(runStatuses),
  control: z.enum(controls),
  reason: z.string().optional(),
  attempt: z.int(),
  actor: z.string(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** How it stands in line; only for jobs that limit how many of their runs go on at once, and in lists only while it waits. */
  turn: turnViewSchema.optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** One attempt of a run. */
export const attemptViewSchema = z
  .object({
    ...attemptSchema.shape,
    selection: z.object({ ...selectionSchema.shape, picks: picksSchema.omit({ blob: true }).strip().optional() }),
  })
  .omit({ jobBlob: true });
export type AttemptView = z.infer<typeof attemptViewSchema>;

/** What an operator said by hand of nodes of a run. */
export const markViewSchema = z
  .object(markOrderSchema.shape)
  .omit({ nodesBlob: true, placesBlob: true })
  .extend({ nodes: z.array(z.string()).optional() });
export type MarkView = z.infer<typeof markViewSchema>;

/** A version of a command that a run uses, with the libraries that go with it, and the operations that do. */
export const usedCommandSchema = z.object({
  name: z.string(),
  version: z.string(),
  libraries: z.array(z.object({ name: z.string(), version: z.string() })),
  operations: z.array(z.string()),
});
export type UsedCommand = z.infer<typeof usedCommandSchema>;

/** A run with its progress. Small whatever the number of nodes: counts only. */
export const runViewSchema = runSummarySchema.extend({
  params: paramValuesSchema,
  context: z.record(z.string(), z.json()).optional(),
  attempts: z.array(attemptViewSchema),
  /** What operators said by hand of its nodes, in order; absent when they said nothing. */
  marks: z.array(markViewSchema).optional(),
  /** What is known of the nodes that the current attempt stopped; absent when it stopped none. */
  stops: stopsSchema.optional(),
  commands: z.array(usedCommandSchema),
  /** Where the run waited or waits for people, and what they said. */
  gates: z.array(gateRecordSchema),
  planDigest: z.string().optional(),
  groups: z.array(groupViewSchema),
  /** Batches that wait for nodes which others use; absent for none. */
  waits: z.array(waitViewSchema).optional(),
  /** What all of its attempts used so far, and what that costs at list price on AWS. */
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
});
export type RunView = z.infer<typeof runViewSchema>;

/** What a request to remove a run did. */
export const purgedSchema = z.object({
  runId: runIdSchema,
  /** False when the same request is to be sent again for the rest. */
  done: z.boolean(),
  /** Batches that it removed. */
  batches: z.int().min(0),
});
export type Purged = z.infer<typeof purgedSchema>;

/** A node in one phase of a run, as it stands after the last attempt that touched it. */
export const nodeRowSchema = z.object({
  nodeId: nodeIdSchema,
  name: z.string(),
  host: z.string(),
  agent: z.enum(agentKinds),
  account: z.string().optional(),
  region: z.string(),
  instanceId: z.string(),
  group: z.string(),
  phase: z.string(),
  round: z.int(),
  attempt: z.int(),
  status: z.enum(nodeStatuses),
  /** Operation at which the node stands or stopped; absent before its first. */
  operation: z.string().optional(),
  exitCode: z.int().nullable(),
  reason: z.string().nullable(),
  rawStatus: z.string().nullable(),
  /** For what was aborted: whether it is known to have stopped. */
  stop: z.enum(stopWords).nullable().default(null),
  durationMs: z.number().nullable(),
});
export type NodeRow = z.infer<typeof nodeRowSchema>;

/** The job that a run, or one of its attempts, ran. */
export const runJobViewSchema = z.object({
  name: z.string(),
  digest: z.string(),
  /** A Job document with every default filled in. */
  job: z.record(z.string(), z.json()),
});
export type RunJobView = z.infer<typeof runJobViewSchema>;

/** A node in a phase that a retry would run. */
export const retryPlaceSchema = nodeRowSchema
  .pick({ nodeId: true, name: true, group: true, phase: true, round: true, status: true, exitCode: true })
  .extend({
    /** The operation that it would begin with. */
    operation: z.string(),
    /** True when it would begin at its first operation, whatever it has done. */
    fromFirst: z.boolean(),
  });
export type RetryPlace = z.infer<typeof retryPlaceSchema>;

/** What a retry would run: the first places in the order of the plan, and how many there are. */
export const retryPreviewSchema = z.object({ total: z.int(), items: z.array(retryPlaceSchema) });
export type RetryPreview = z.infer<typeof retryPreviewSchema>;

/** One operation on one node, with its output: up to what the agent returned; `omittedBytes` says what is missing. */
/** Complete bytes of a stream that are kept beside the text. */
export const uploadViewSchema = z.object({
  bytes: z.int(),
  /** Of the bytes as the script printed them; null where the node had nothing to compute it with. */
  sha256: z.string().nullable(),
});

/**
 * One try of one operation on one node, with its output: up to 16 KB of head and tail. `uploads` names the streams of which everything is kept
 * (`GET /v1/runs/{id}/output`); `omittedBytes` says how much is kept nowhere, and `uploadProblem` why.
 */
export const resultViewSchema = z.object({
  resultId: resultIdSchema,
  nodeId: nodeIdSchema,
  name: z.string(),
  group: z.string(),
  phase: z.string(),
  round: z.int(),
  operation: z.string(),
  attempt: z.int(),
  /** From 0. */
  tryNumber: z.int(),
  status: z.enum(nodeStatuses),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  reason: z.string().nullable(),
  rawStatus: z.string().nullable(),
  startedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  omittedBytes: z.int(),
  uploads: z.object({ stdout: uploadViewSchema.optional(), stderr: uploadViewSchema.optional() }).optional(),
  uploadProblem: z.string().optional(),
  outputs: z.record(z.string(), z.string()),
  replayed: z.boolean(),
  stop: z.enum(stopWords).nullable().default(null),
  invocationId: z.string().optional(),
  agentInvocationId: z.string().optional(),
  recordedAt: z.string(),
});
export type ResultView = z.infer<typeof resultViewSchema>;

/** A part of one stream. Offsets count bytes of what is kept; a part never ends within a character. */
export const outputPageSchema = z.object({
  resultId: resultIdSchema,
  stream: z.enum(streams),
  offset: z.int(),
  /** Where the next part begins; absent at the end. */
  nextOffset: z.int().optional(),
  text: z.string(),
  /** Bytes that are kept, and bytes that the script printed. */
  keptBytes: z.int(),
  totalBytes: z.int(),
  /** True when all that the script printed is kept. Otherwise a line in brackets stands for what is missing. */
  complete: z.boolean(),
  sha256: z.string().nullable(),
});
export type OutputPage = z.infer<typeof outputPageSchema>;

/** A line of output that matches. */
export const outputMatchSchema = z.object({
  resultId: resultIdSchema,
  nodeId: nodeIdSchema,
  name: z.string(),
  group: z.string(),
  phase: z.string(),
  operation: z.string(),
  attempt: z.int(),
  tryNumber: z.int(),
  stream: z.enum(streams),
  /** From 1. */
  line: z.int(),
  /** Where the line begins, in bytes. */
  offset: z.int(),
  /** The line without what steers a terminal; of a long one the part around the match. */
  text: z.string(),
});
export type OutputMatch = z.infer<typeof outputMatchSchema>;
