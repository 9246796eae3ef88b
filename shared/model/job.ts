import * as z from 'zod';
import { maxFailuresSchema } from './failure-budget.ts';
import { roundApprovalSchema, runApprovalSchema } from './gate.ts';
import { nodeIdSchema } from './ids.ts';
import {
  amountSchema,
  conditionSchema,
  durationSchema,
  nameSchema,
  templateSchema,
  variableNameSchema,
} from './job-values.ts';
import { type Operation, operationSchema } from './operation.ts';
import { paramSchema } from './param.ts';
import { targetSetNameSchema } from './target-set.ts';

export {
  type Amount,
  amountSchema,
  conditionSchema,
  durationSchema,
  nameSchema,
  operationIdSchema,
  variableNameSchema,
} from './job-values.ts';
export {
  type Interpreter,
  interpreters,
  type Operation,
  operationSchema,
  outputSchema,
} from './operation.ts';
export { type Param, paramSchema, paramTypes } from './param.ts';

/**
 * Which nodes: a CEL condition over `node`, a list of node ids, or a target set, which `where` narrows; minus those that `exclude` names.
 */
export const targetsSchema = z.strictObject({
  where: conditionSchema.optional(),
  nodes: z.array(nodeIdSchema).min(1).optional(),
  set: targetSetNameSchema.optional(),
  exclude: conditionSchema.optional(),
});
export type Targets = z.infer<typeof targetsSchema>;

/** Where runner phases run: the first online node, by id, for which the condition holds. */
export const runnerSchema = z.strictObject({ where: conditionSchema });
export type Runner = z.infer<typeof runnerSchema>;

export const turnPolicies = ['queue', 'skip', 'replace', 'reject'] as const;
/** What becomes of a run whose job may not run now: it waits in line, is recorded as rejected, takes the place of the other, or is refused. */
export type TurnPolicy = (typeof turnPolicies)[number];

/** How many runs may go on at once under one key. */
export const concurrencySchema = z.strictObject({
  /** May hold `${{ params.… }}`; the name of the job when absent. Jobs with the same key share it. */
  key: templateSchema.optional(),
  policy: z.enum(turnPolicies).default('queue'),
  limit: z.int().min(1).max(100).default(1),
});
export type Concurrency = z.infer<typeof concurrencySchema>;

/** What becomes of a node that another run has leased: wait for it, leave it out, or count it as failed; after `timeout` when there is one. */
export const onLeasedSchema = z.strictObject({
  onLeased: z.enum(['wait', 'skip', 'fail']).default('wait'),
  timeout: durationSchema.optional(),
});
export type OnLeased = z.infer<typeof onLeasedSchema>;

/** Whether a run has its nodes for itself while a phase runs on them. */
export const exclusiveSchema = z.union([z.boolean(), onLeasedSchema], 'is neither true, false nor {onLeased, timeout}');

/** A named part of a group: operations that run in order on each of its nodes. */
export const phaseSchema = z.strictObject({
  name: nameSchema,
  on: z.enum(['target', 'runner', 'runnerPerTarget']).default('target'),
  round: z.enum(['first', 'middle', 'last', 'every']).optional(),
  /** What its failure means when it judges a round: the run holds for a person, or stops. It never counts for a budget. */
  judge: z.enum(['hold', 'stop']).optional(),
  maxConcurrency: amountSchema.optional(),
  roundCount: z.int().optional(),
  runner: runnerSchema.optional(),
  maxFailures: maxFailuresSchema.optional(),
  env: z.record(variableNameSchema, templateSchema).default({}),
  operations: z.array(operationSchema).min(1).max(40),
});
export type Phase = Omit<z.infer<typeof phaseSchema>, 'operations'> & { readonly operations: readonly Operation[] };

/** A group runs after the group before it: all phases together (`oneShot`), or round by round (`grayScale`). */
export const groupSchema = z.strictObject({
  name: nameSchema,
  strategy: z.enum(['oneShot', 'grayScale']).default('oneShot'),
  rounds: z.array(amountSchema).min(1).max(600).optional(),
  roundCount: z.int().optional(),
  maxConcurrency: amountSchema.optional(),
  soak: durationSchema.optional(),
  approval: roundApprovalSchema.optional(),
  maxFailures: maxFailuresSchema.default(0),
  exclusive: exclusiveSchema.optional(),
  targets: targetsSchema.optional(),
  env: z.record(variableNameSchema, templateSchema).default({}),
  phases: z.array(phaseSchema).min(1).max(200),
});
export type Group = Omit<z.infer<typeof groupSchema>, 'phases'> & { readonly phases: readonly Phase[] };

/** The part of a job that says what to do. `roundCount` is the default of its groups. */
export const jobSpecSchema = z.strictObject({
  params: z.record(variableNameSchema, paramSchema).default({}),
  env: z.record(variableNameSchema, templateSchema).default({}),
  targets: targetsSchema.optional(),
  runner: runnerSchema.default({ where: 'has(node.tags.drover) && node.tags.drover == "runner"' }),
  roundCount: z.int().optional(),
  approval: runApprovalSchema.optional(),
  maxFailures: maxFailuresSchema.optional(),
  concurrency: concurrencySchema.optional(),
  exclusive: exclusiveSchema.optional(),
  groups: z.array(groupSchema).min(1).max(200),
});
export type JobSpec = Omit<z.infer<typeof jobSpecSchema>, 'groups'> & { readonly groups: readonly Group[] };

/** A job definition, as in a job file. Unknown keys are refused. */
export const jobSchema = z.strictObject({
  apiVersion: z.literal('drover/v1'),
  kind: z.literal('Job'),
  metadata: z.strictObject({
    name: nameSchema,
    description: z.string().max(4096).optional(),
    labels: z.record(z.string().max(128), z.string().max(256)).optional(),
  }),
  spec: jobSpecSchema,
});
/** A job with every default filled in. */
export type Job = Omit<z.infer<typeof jobSchema>, 'spec'> & { readonly spec: JobSpec };
/** A job as its author writes it: defaults may be absent. */
export type JobInput = z.input<typeof jobSchema>;

/** Values given to a run, by param name. */
export const paramValuesSchema = z.record(z.string(), z.json());
export type ParamValues = z.infer<typeof paramValuesSchema>;
