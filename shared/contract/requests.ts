import * as z from 'zod';
import { nodeIdSchema, resultIdSchema } from '../model/ids.ts';
import { paramValuesSchema } from '../model/job.ts';
import { nodeSchema } from '../model/node.ts';
import { nodeStatuses } from '../model/status.ts';
import { targetSetNameSchema } from '../model/target-set.ts';
import { streams } from '../script/upload-key.ts';

/** Narrows a run or an attempt to parts of its job. Names and ids that do not exist are refused. */
export const narrowingSchema = z.strictObject({
  groups: z.array(z.string()).min(1).optional(),
  phases: z.array(z.string()).min(1).optional(),
  nodes: z.array(nodeIdSchema).min(1).optional(),
});
export type Narrowing = z.infer<typeof narrowingSchema>;

/**
 * Body of `POST /v1/plan` and `POST /v1/runs`. `job` is checked by the job reader, not here; a text names a stored job: `name` or
 * `name@revision`.
 */
export const runRequestSchema = z.strictObject({
  job: z.unknown(),
  params: paramValuesSchema.default({}),
  /** Targets that the caller names itself (two services on one instance, a nodes file); the inventory is not asked then. */
  nodes: z.array(nodeSchema).min(1).max(150_000).optional(),
  context: z.record(z.string(), z.json()).optional(),
  only: narrowingSchema.default({}),
  /** Digest of the plan that was seen, or its first 12 digits or more: nothing starts when the plan is another one by now. Of no meaning to `/v1/plan`. */
  planDigest: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/, 'has the first 12 to 64 digits of the digest of a plan')
    .optional(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** Body of `POST /v1/runs/{id}/continue`. `force` runs everything again. `job` is checked by the job reader, not here. */
export const continueRequestSchema = z.strictObject({
  mode: z.enum(['continue', 'force']).default('continue'),
  only: narrowingSchema.default({}),
  /** The job to go on with; absent: the one that the run has. */
  job: z.unknown().optional(),
});
export type ContinueRequest = z.infer<typeof continueRequestSchema>;

/** Body of `POST /v1/runs/{id}/retry` and `/retry/preview`. `job` is checked by the job reader, not here. */
export const retryRequestSchema = z.strictObject({
  /** What came of the nodes: `failed`, `exit=3`, `output~/text/`, node ids; a comma means "or". */
  nodes: z.string().min(1).max(65_536),
  /** True: every chosen node begins at its first operation. */
  force: z.boolean().default(false),
  only: narrowingSchema.default({}),
  /** The job to go on with; absent: the one that the run has. */
  job: z.unknown().optional(),
});
export type RetryRequest = z.infer<typeof retryRequestSchema>;

/** Body of `POST /v1/runs/{id}/pause`, `/resume`. */
export const controlRequestSchema = z.strictObject({ reason: z.string().max(1024).optional() });
export type ControlRequest = z.infer<typeof controlRequestSchema>;

/** Body of `POST /v1/runs/{id}/abort`. */
export const abortRequestSchema = controlRequestSchema.extend({
  /** True: batches under way go through their operations first; nothing new starts. */
  afterBatch: z.boolean().optional(),
});
export type AbortRequest = z.infer<typeof abortRequestSchema>;

/** Which nodes of a run an operator means: of these groups and phases, and these nodes, by id or by name. */
export const markScopeSchema = z.strictObject({
  groups: z.array(z.string()).min(1).max(200).optional(),
  phases: z.array(z.string()).min(1).max(1000).optional(),
  nodes: z.array(z.string().min(1).max(256)).min(1).max(10_000).optional(),
});

/** Body of `POST /v1/runs/{id}/ignore`. Nodes, phases or both are named. */
export const ignoreRequestSchema = z.strictObject({ reason: z.string().min(1).max(512), only: markScopeSchema });
export type IgnoreRequest = z.infer<typeof ignoreRequestSchema>;

/** Body of `POST /v1/runs/{id}/reset`. */
export const resetRequestSchema = z.strictObject({
  reason: z.string().max(512).optional(),
  only: markScopeSchema.default({}),
});
export type ResetRequest = z.infer<typeof resetRequestSchema>;

/** Body of `POST /v1/runs/{id}/gates`: a decision at the gate named, or at the only one that is open. */
export const gateRequestSchema = z.strictObject({
  gate: z.string().max(128).optional(),
  decision: z.enum(['approve', 'reject', 'answer']),
  comment: z.string().max(1024).optional(),
  /** Digest of the plan that is approved; needed where the gate has one. */
  digest: z.string().max(128).optional(),
  /** One value, or several for multiSelect. */
  answer: z.array(z.string().max(4096)).max(100).optional(),
});
export type GateRequest = z.infer<typeof gateRequestSchema>;

/** Query of paged lists. */
export const pageQuerySchema = z.strictObject({
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** Comma list of statuses. */
const statusListSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(nodeStatuses)).min(1));

/** Query of `GET /v1/runs/{id}`. */
export const runQuerySchema = z.strictObject({
  /** What this attempt did, and nothing of others. */
  attempt: z.coerce.number().int().min(1).optional(),
});
export type RunQuery = z.infer<typeof runQuerySchema>;

/** Query of `GET /v1/runs/{id}/nodes`. */
export const nodeRowsQuerySchema = pageQuerySchema.extend({
  status: statusListSchema.optional(),
  phase: z.string().optional(),
  node: z.string().optional(),
  /** What this attempt did, and nothing of others. */
  attempt: z.coerce.number().int().min(1).optional(),
});
export type NodeRowsQuery = z.infer<typeof nodeRowsQuerySchema>;

/** Query of `GET /v1/runs/{id}/results`. */
export const resultsQuerySchema = nodeRowsQuerySchema.extend({
  operation: z.string().optional(),
  attempt: z.coerce.number().int().min(1).optional(),
  /** Of an operation that was tried again on a node: the last try (the default), or every one. */
  tries: z.enum(['last', 'all']).optional(),
  /** Only what was recorded at this time or later: what is new since the last look. */
  since: z.iso.datetime().optional(),
});
export type ResultsQuery = z.infer<typeof resultsQuerySchema>;

/** Most bytes of output in one answer: written as JSON they stay below what API Gateway passes on. */
export const maxOutputPageBytes = 512 * 1024;

/** Query of `GET /v1/runs/{id}/output/content`: one stream of one result. */
export const outputPlaceSchema = z.strictObject({
  result: resultIdSchema,
  stream: z.enum(streams).default('stdout'),
});
export type OutputPlace = z.infer<typeof outputPlaceSchema>;

/** Query of `GET /v1/runs/{id}/output`: bytes of one stream, from an offset. */
export const outputQuerySchema = outputPlaceSchema.extend({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce
    .number()
    .int()
    .min(4)
    .max(maxOutputPageBytes)
    .default(64 * 1024),
});
export type OutputQuery = z.infer<typeof outputQuerySchema>;

/** Query of `GET /v1/runs/{id}/output/matches`: lines that match, in the output of all nodes. */
export const searchQuerySchema = resultsQuerySchema.omit({ since: true }).extend({
  /** A JavaScript regular expression, matched line by line. */
  pattern: z.string().min(1).max(1024),
  ignoreCase: z.stringbool().default(false),
  in: z.enum(['both', ...streams]).default('both'),
});
export type SearchQuery = z.infer<typeof searchQuerySchema>;

/** Query of `POST /v1/plan`. */
export const planQuerySchema = z.strictObject({
  /** True: the clouds are read for this plan. */
  refresh: z.stringbool().optional(),
});
export type PlanQuery = z.infer<typeof planQuerySchema>;

/** Query of `GET /v1/nodes`. `where` is a CEL condition over `node`. */
export const nodesQuerySchema = pageQuerySchema.extend({
  where: z.string().max(4096).optional(),
  /** Name of a target set. */
  set: targetSetNameSchema.optional(),
  /** True: the clouds are read for this list. Of later pages it means nothing: they are of the reading of the first one. */
  refresh: z.stringbool().optional(),
});
export type NodesQuery = z.infer<typeof nodesQuerySchema>;
