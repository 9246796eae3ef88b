import * as z from 'zod';
import { nodeIdSchema } from './ids.ts';

/** Names of jobs, groups, phases: letters of any language, digits, `.`, `_`, `-`, blanks inside; 1 to 128 characters. */
export const nameSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_. /:()-]{0,126}[\p{L}\p{N}_.)])?$/u,
    'is not a name (letters, digits, . _ - and blanks inside, at most 128 characters)',
  );

/** Ids of operations: unique in the job, usable in `${{ outputs.<id>.<name> }}`. */
export const operationIdSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    'is not an operation id (a letter or _, then letters, digits, _; at most 64 characters)',
  );

/** Names of params, outputs and environment variables. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'is not a variable name (a letter or _, then letters, digits, _)');

/** A duration: `500ms`, `30s`, `10m`, `2h`, `1d`, combinations such as `1h30m`, or ISO 8601 such as `PT10M`. */
export const durationSchema = z
  .string()
  .regex(
    /^(?:(?:\d+(?:ms|s|m|h|d))+|P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/,
    'is not a duration (such as 30s, 10m, 1h30m)',
  );

/** A count, or a percentage such as `10%`. */
export const amountSchema = z.union(
  [z.int().min(0), z.string().regex(/^(?:100|\d{1,2})%$/, 'is not an amount (a count, or a percentage such as 10%)')],
  'is not an amount (a count, or a percentage such as 10%)',
);
export type Amount = z.infer<typeof amountSchema>;

/** A value with `${{ }}` inside, rendered to text when the operation is sent. Numbers and booleans are taken as their text. */
const templateSchema = z
  .union([z.string(), z.number(), z.boolean()], 'is not a text, number or boolean')
  .transform(String);

/** A CEL condition over `node`, `params`, `outputs`, `run`. */
export const conditionSchema = z.string().min(1).max(4096);

export const interpreters = ['sh', 'bash', 'python3', 'perl', 'node'] as const;
/** What runs a script on the node. */
export type Interpreter = (typeof interpreters)[number];

export const paramTypes = ['string', 'number', 'boolean', 'enum', 'list', 'json'] as const;

/** A declared parameter of a job. */
export const paramSchema = z.strictObject({
  type: z.enum(paramTypes).default('string'),
  description: z.string().max(1024).optional(),
  required: z.boolean().default(false),
  default: z.json().optional(),
  pattern: z.string().max(1024).optional(),
  options: z
    .array(z.union([z.string(), z.number()], 'is not a text or number'))
    .min(1)
    .optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type Param = z.infer<typeof paramSchema>;

/** An output that an operation promises to write to `$DROVER_OUTPUT`. */
export const outputSchema = z.strictObject({
  default: templateSchema.optional(),
  description: z.string().max(1024).optional(),
});

/** One step of a phase: a script, run once on each node. */
export const operationSchema = z.strictObject({
  id: operationIdSchema,
  name: z.string().max(256).optional(),
  run: z.string().min(1).max(262_144),
  interpreter: z.enum(interpreters).default('sh'),
  args: z.array(templateSchema).max(256).default([]),
  env: z.record(variableNameSchema, templateSchema).default({}),
  timeout: durationSchema.default('1h'),
  failIgnore: z.boolean().default(false),
  when: conditionSchema.optional(),
  outputs: z.record(variableNameSchema, outputSchema).default({}),
  runAs: z.string().min(1).max(255).optional(),
  workingDirectory: z.string().min(1).max(200).optional(),
});
export type Operation = z.infer<typeof operationSchema>;

/** Which nodes: a CEL condition over `node`, or a list of node ids; minus those that `exclude` names. */
export const targetsSchema = z.strictObject({
  where: conditionSchema.optional(),
  nodes: z.array(nodeIdSchema).min(1).optional(),
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
  round: z.enum(['first', 'middle', 'last']).optional(),
  maxConcurrency: amountSchema.optional(),
  roundCount: z.int().optional(),
  runner: runnerSchema.optional(),
  operations: z.array(operationSchema).min(1).max(40),
});
export type Phase = z.infer<typeof phaseSchema>;

/** A group runs after the group before it: all phases together (`oneShot`), or round by round (`grayScale`). */
export const groupSchema = z.strictObject({
  name: nameSchema,
  strategy: z.enum(['oneShot', 'grayScale']).default('oneShot'),
  rounds: z.array(amountSchema).min(1).max(600).optional(),
  roundCount: z.int().optional(),
  maxConcurrency: amountSchema.optional(),
  soak: durationSchema.optional(),
  maxFailures: amountSchema.default(0),
  exclusive: exclusiveSchema.optional(),
  targets: targetsSchema.optional(),
  phases: z.array(phaseSchema).min(1).max(200),
});
export type Group = z.infer<typeof groupSchema>;

/** The part of a job that says what to do. `roundCount` is the default of its groups. */
export const jobSpecSchema = z.strictObject({
  params: z.record(variableNameSchema, paramSchema).default({}),
  env: z.record(variableNameSchema, templateSchema).default({}),
  targets: targetsSchema.optional(),
  runner: runnerSchema.default({ where: 'has(node.tags.drover) && node.tags.drover == "runner"' }),
  roundCount: z.int().optional(),
  concurrency: concurrencySchema.optional(),
  exclusive: exclusiveSchema.optional(),
  groups: z.array(groupSchema).min(1).max(200),
});
export type JobSpec = z.infer<typeof jobSpecSchema>;

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
export type Job = z.infer<typeof jobSchema>;
/** A job as its author writes it: defaults may be absent. */
export type JobInput = z.input<typeof jobSchema>;

/** Values given to a run, by param name. */
export const paramValuesSchema = z.record(z.string(), z.json());
export type ParamValues = z.infer<typeof paramValuesSchema>;
