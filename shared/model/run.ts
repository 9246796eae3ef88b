import * as z from 'zod';
import { tallySchema } from './failure-budget.ts';
import { gateRecordSchema } from './gate.ts';
import { batchIdSchema, invocationIdSchema, nodeIdSchema, runIdSchema, sliceIdSchema } from './ids.ts';
import { paramValuesSchema } from './job.ts';
import { turnSettingsSchema } from './lock.ts';
import { markOrderSchema, nodeMarkSchema } from './marks.ts';
import { agentKinds, nodeSchema, placementSchema } from './node.ts';
import { outcomeSchema } from './outcome.ts';
import { nodeStatuses, phaseStatuses, runStatuses } from './status.ts';
import { stopWords } from './stop.ts';

const countsSchema = z.partialRecord(z.enum(nodeStatuses), z.int().min(0));
const stopsSchema = z.partialRecord(z.enum(stopWords), z.int().min(0));
const timeSchema = z.iso.datetime();

/** Nodes that were chosen by what came of them, resolved once. */
export const picksSchema = z.strictObject({
  /** Blob with what was chosen (`PickedPlaces`). */
  blob: z.string(),
  /** Chosen places: a node counts once in each phase. */
  placeCount: z.int().min(1),
  /** As it was asked for: `failed,exit=3`. */
  by: z.string(),
  /** True when all of them begin at their first operation. */
  force: z.boolean(),
});

/**
 * What an attempt runs: everything, what is left, everything again, or what was chosen by its outcome (`retry`); narrowed to groups, phases or
 * nodes when given.
 */
export const selectionSchema = z.strictObject({
  mode: z.enum(['all', 'continue', 'force', 'retry']),
  groups: z.array(z.string()).optional(),
  phases: z.array(z.string()).optional(),
  nodes: z.array(nodeIdSchema).optional(),
  picks: picksSchema.optional(),
});
export type Selection = z.infer<typeof selectionSchema>;

/** One attempt of a run. */
export const attemptSchema = z.strictObject({
  attempt: z.int().min(1),
  selection: selectionSchema,
  status: z.enum(runStatuses),
  actor: z.string(),
  createdAt: timeSchema,
  startedAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
  reason: z.string().optional(),
  /** Blob, digest and revision of the job that it ran, where a later attempt runs another one; absent: the run's own. */
  jobBlob: z.string().optional(),
  jobDigest: z.string().optional(),
  jobRevision: z.int().min(1).optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * What an operator wants of a run; looked at between operations. `pause`: nothing new starts until it goes on. `drain`: nothing new starts, the
 * batches under way go through their operations, and then the run ends. `abort`: what is under way is stopped too.
 */
export const controls = ['go', 'pause', 'drain', 'abort'] as const;
export type Control = (typeof controls)[number];

/** True when an operator wants the run to end. */
export const endsRun = (control: Control): boolean => control === 'drain' || control === 'abort';

/** One execution of one job revision, with fixed parameters. `attempts` has one entry per attempt, the last is the current one. */
export const runRecordSchema = z.strictObject({
  runId: runIdSchema,
  jobName: z.string(),
  /** Blob that holds the job of the current attempt, with the commands that it uses as they were when it came (`runJobSchema`). */
  jobBlob: z.string(),
  jobDigest: z.string(),
  /** Revision of a stored job; absent for a job that came with the request. */
  jobRevision: z.int().min(1).optional(),
  params: paramValuesSchema,
  /** Under which key its turn comes, when its job limits how many runs go on at once. */
  turn: turnSettingsSchema.optional(),
  /** Blob that holds the nodes the caller named (`Node[]`); absent when the targets come from the inventory. */
  nodesBlob: z.string().optional(),
  actor: z.string(),
  /** Opaque data of the caller, echoed in views and events. */
  context: z.record(z.string(), z.json()).optional(),
  status: z.enum(runStatuses),
  control: z.enum(controls),
  reason: z.string().optional(),
  attempts: z.array(attemptSchema).min(1),
  /** Nodes that operators marked by hand, in order. */
  marks: z.array(markOrderSchema).optional(),
  createdAt: timeSchema,
  startedAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
  /** Token of the Hold state while the run is held. */
  holdToken: z.string().max(4096).optional(),
  /** Where the run waited or waits for people, and what they said; all attempts. Absent when nowhere. */
  gates: z.array(gateRecordSchema).optional(),
  /** Digest of the plan when the run was submitted. */
  planDigest: z.string().optional(),
  /** Blob with the targets of the plan by group index (`PlannedTargets`), when the run needs approval. */
  plannedBlob: z.string().optional(),
  /** When its removal began; from then on it cannot be continued. */
  purgedAt: timeSchema.optional(),
  version: z.int().min(1),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** A group in one attempt: its frozen targets and its failure budget. */
export const groupRecordSchema = z.strictObject({
  runId: runIdSchema,
  attempt: z.int().min(1),
  groupIndex: z.int().min(0),
  /** Blob with the frozen targets (`FrozenTargets`). */
  targetsBlob: z.string(),
  nodeCount: z.int().min(0),
  /** What each batch means for the failure budgets; a batch sets its own, so a redelivery does not count twice. */
  tallies: z.record(z.string(), z.array(tallySchema)),
  /** True when a failure budget is spent: nothing more starts. */
  stopped: z.boolean(),
  /** Which budget was spent, as a sentence. */
  stopReason: z.string().optional(),
  status: z.enum(phaseStatuses),
  /** When the soak before the next stage ends, by stage index. */
  soakUntil: z.record(z.string(), timeSchema),
  /** Disruption budgets that nodes of the group are under, with the number of all such nodes when the targets were frozen. */
  budgets: z.array(z.strictObject({ name: z.string(), total: z.int().min(0) })).optional(),
  startedAt: timeSchema,
  endedAt: timeSchema.optional(),
});
export type GroupRecord = z.infer<typeof groupRecordSchema>;

/** One phase on the nodes of one stage. `open` once its batches are written. */
export const sliceRecordSchema = z.strictObject({
  runId: runIdSchema,
  sliceId: sliceIdSchema,
  groupName: z.string(),
  phaseName: z.string(),
  /** Round of a grayScale group, from 1; 0 in a oneShot group. */
  round: z.int().min(0),
  rounds: z.int().min(0),
  nodeCount: z.int().min(0),
  batchCount: z.int().min(0),
  /** Batches at once. */
  width: z.int().min(1),
  status: z.enum(phaseStatuses),
  counts: countsSchema,
  /** How the nodes of this slice stood before it took them over from earlier slices of the same phase. */
  replaces: countsSchema,
  /** What is known of its nodes that were stopped; absent while none is. */
  stops: stopsSchema.optional(),
  openedAt: timeSchema,
  closedAt: timeSchema.optional(),
});
export type SliceRecord = z.infer<typeof sliceRecordSchema>;

/** A node in a batch, and where this attempt picks it up. */
export const batchNodeSchema = z.strictObject({
  node: nodeSchema,
  /** The instance that runs the script: the node's own, or a runner's. */
  via: placementSchema,
  /** First operation to run, by index; those before it are done. */
  startAt: z.int().min(0),
  /** True when an operation before `startAt` failed and was tolerated. */
  tolerated: z.boolean(),
});
export type BatchNode = z.infer<typeof batchNodeSchema>;

/** Nodes of a slice that one agent call reaches. Never changed after its slice is open. */
export const batchRecordSchema = z.strictObject({
  runId: runIdSchema,
  batchId: batchIdSchema,
  /** False when the inventory said that these agents are offline. */
  online: z.boolean(),
  nodes: z.array(batchNodeSchema).min(1),
  /** Disruption budgets that all of its nodes are under. */
  budgets: z.array(z.string()).optional(),
});
export type BatchRecord = z.infer<typeof batchRecordSchema>;

export const batchStates = ['waiting', 'running', 'stopped', 'done'] as const;
/** How far a batch is: small, read for every progress view. `stopped`: ended with nodes left (budget, pause, abort). */
export const batchProgressSchema = z.strictObject({
  runId: runIdSchema,
  batchId: batchIdSchema,
  agent: z.enum(agentKinds),
  region: z.string(),
  account: z.string().optional(),
  nodeCount: z.int().min(1),
  state: z.enum(batchStates),
  counts: countsSchema,
  /** How each of its nodes stands, in their order (`statusLetters`); absent where an earlier version wrote it. */
  statuses: z.string().optional(),
  /** Where its nodes lie in the frozen list of their group (`formatPositions`); absent for a runner, and where an earlier version wrote it. */
  positions: z.string().optional(),
  /** What is known of its nodes that were stopped; absent while none is. */
  stops: stopsSchema.optional(),
  /** Operation under way, by index. */
  operationIndex: z.int().min(0),
  startedAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
});
export type BatchProgress = z.infer<typeof batchProgressSchema>;

/** The sending that ends an invocation on its nodes when the run is aborted. Written before the call. */
export const stopRecordSchema = z.strictObject({
  /** Nodes that it goes to; they never change, so that a repeated call is the same call. */
  nodeIds: z.array(nodeIdSchema).min(1),
  askedAt: timeSchema,
  /** When it was sent; absent until it is known to be. */
  sentAt: timeSchema.optional(),
  /** The agent's own id; absent too when it refused every node. */
  agentInvocationId: z.string().optional(),
  /** Nodes that the agent refused to reach. */
  refusedNodeIds: z.array(nodeIdSchema).optional(),
});
export type StopRecord = z.infer<typeof stopRecordSchema>;

/** One sending of one operation to one batch through one agent. Written before the call. */
export const invocationRecordSchema = z.strictObject({
  runId: runIdSchema,
  batchId: batchIdSchema,
  invocationId: invocationIdSchema,
  operationIndex: z.int().min(0),
  operationId: z.string(),
  tryNumber: z.int().min(0),
  /** `sending` until the agent's own id is stored. An invocation is open while one of its nodes has no result. */
  status: z.enum(['sending', 'sent']),
  /** The agent's own id (SSM command id, Aliyun invoke id). */
  agentInvocationId: z.string().optional(),
  nodeIds: z.array(nodeIdSchema).min(1),
  /** After this a node that its agent has not taken is undeliverable. */
  deliverBy: timeSchema.optional(),
  createdAt: timeSchema,
  sentAt: timeSchema.optional(),
  /** After this a node without an answer is lost. */
  deadlineAt: timeSchema.optional(),
  /** Blob of its sealed secrets, which is removed when every node has answered. */
  secretsBlob: z.string().optional(),
  looks: z.int().min(0),
  /** Looks at what the batch sent before, each sending counted as one more: they share a history. Absent for the first. */
  looksBefore: z.int().min(0).optional(),
  /** When cancel was asked of the agent. */
  cancelledAt: timeSchema.optional(),
  /** How it was stopped on its nodes, when the run was aborted. */
  stop: stopRecordSchema.optional(),
  /** Token of the parked Await Agent state. */
  token: z.string().max(4096).optional(),
  /** True when an agent event came since the last look. */
  signalled: z.boolean(),
});
export type InvocationRecord = z.infer<typeof invocationRecordSchema>;

/** The record of one operation on one node. */
export const resultRecordSchema = z.strictObject({
  runId: runIdSchema,
  batchId: batchIdSchema,
  operationIndex: z.int().min(0),
  operationId: z.string(),
  nodeId: nodeIdSchema,
  tryNumber: z.int().min(0),
  /** Absent for `skipped`: nothing was sent. */
  invocationId: invocationIdSchema.optional(),
  outcome: outcomeSchema,
  recordedAt: timeSchema,
  /** Set when this is no result but an operator's word on the node. */
  mark: nodeMarkSchema.optional(),
});
export type ResultRecord = z.infer<typeof resultRecordSchema>;

/** Frozen targets of a group: its nodes in order, with the runner where a phase needs one. Content of `GroupRecord.targetsBlob`. */
export const frozenTargetsSchema = z.strictObject({
  nodes: z.array(z.strictObject({ node: nodeSchema, online: z.boolean() })),
  /** The runner of each phase that needs one, by phase index. */
  runners: z.record(z.string(), z.strictObject({ node: nodeSchema, online: z.boolean() })),
});
export type FrozenTargets = z.infer<typeof frozenTargetsSchema>;

/** The nodes that a plan had for each group, by its index. Content of `RunRecord.plannedBlob`. */
export const plannedTargetsSchema = z.record(z.string(), z.array(nodeIdSchema));
export type PlannedTargets = z.infer<typeof plannedTargetsSchema>;
