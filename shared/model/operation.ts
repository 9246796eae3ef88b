import * as z from 'zod';
import { approveSchema, waitInputSchema } from './gate.ts';
import {
  conditionSchema,
  durationSchema,
  operationIdSchema,
  regexSchema,
  templateSchema,
  variableNameSchema,
} from './job-values.ts';
import type { Param } from './param.ts';

export const interpreters = ['sh', 'bash', 'python3', 'perl', 'node', 'pwsh', 'powershell', 'bat', 'viri'] as const;
/** What runs a script on the node; `viri` is python3 with a class to run (see shared/script/viri.ts). */
export type Interpreter = (typeof interpreters)[number];

export const outputTypes = ['string', 'int', 'number', 'boolean', 'json'] as const;

/** An output that an operation promises to write to `$DROVER_OUTPUT`. A value that is not of its type fails the operation. */
export const outputSchema = z.strictObject({
  type: z.enum(outputTypes).default('string'),
  default: templateSchema.optional(),
  description: z.string().max(1024).optional(),
});
export type OutputDeclaration = z.infer<typeof outputSchema>;

export const retriableStatuses = ['failed', 'timedOut', 'undeliverable', 'lost'] as const;

/**
 * Trying again on the nodes where an operation ended badly, at most `max` more times, after `backoff`, which grows by `factor` each time.
 * `lost` is not tried again unless it is asked for: it may have run.
 */
export const retriesSchema = z.strictObject({
  max: z.int().min(1).max(10),
  backoff: durationSchema.default('5s'),
  factor: z.number().min(1).max(10).default(2),
  on: z.array(z.enum(retriableStatuses)).min(1).default(['failed', 'timedOut']),
});
export type Retries = z.infer<typeof retriesSchema>;

/** What makes an operation fail although its script ended well: a line of its output, or an exit code. */
export const failOnSchema = z.strictObject({
  patterns: z.array(regexSchema).min(1).max(20).optional(),
  ignoreCase: z.boolean().default(false),
  in: z.enum(['stdout', 'stderr', 'both']).default('both'),
  exitCodes: z.array(z.int()).min(1).max(50).optional(),
});
export type FailOn = z.infer<typeof failOnSchema>;

/** Gathers one output of an operation over all the nodes that wrote it. */
export const aggregateSchema = z.strictObject({
  /** `<operation>.<output>`. */
  from: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]{0,63}\.[A-Za-z_][A-Za-z0-9_]{0,127}$/,
      'is not an output (<operation>.<output>, such as df.free)',
    ),
  as: z.enum(['map', 'list', 'text', 'first']).default('map'),
  /** What a node is called in a map. */
  by: z.enum(['id', 'name', 'host']).default('id'),
  separator: z.string().max(64).default('\n'),
});
export type Aggregate = z.infer<typeof aggregateSchema>;

/** Takes a part out of a text: by JSON path (RFC 9535), or by a pattern, of which the first group counts, else the whole match. */
export const extractSchema = z.strictObject({
  from: templateSchema,
  path: z.string().min(1).max(1024).optional(),
  pattern: regexSchema.optional(),
  /** Every match as a JSON list; the first one otherwise. */
  all: z.boolean().default(false),
});
export type Extract = z.infer<typeof extractSchema>;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDaySchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is not a time of day (such as 22:30)');

/** Hours of a day, on chosen days; past midnight when `to` is not after `from`. The day is that of `from`. */
export const windowSchema = z.strictObject({
  from: timeOfDaySchema.default('00:00'),
  to: timeOfDaySchema.default('24:00'),
  days: z.array(z.enum(weekdays)).min(1).optional(),
  /** `MM-DD`. */
  monthDays: z
    .array(z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'is not a day of the year (MM-DD)'))
    .min(1)
    .optional(),
  /** `YYYY-MM-DD`. */
  dates: z.array(z.iso.date('is not a date (YYYY-MM-DD)')).min(1).optional(),
});
export type Window = z.infer<typeof windowSchema>;

/** Goes on inside one of the windows only; outside it fails, or waits for the next one within the operation's timeout. */
export const maintenanceWindowSchema = z.strictObject({
  windows: z.array(windowSchema).min(1).max(50),
  timeZone: z.string().max(64).default('UTC'),
  outside: z.enum(['fail', 'wait']).default('fail'),
});
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** A request that Drover itself makes; it succeeds when the answer is as expected. Redirects are not followed. */
export const httpCheckSchema = z.strictObject({
  url: templateSchema,
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,128}$/, 'is not the name of a header'), templateSchema)
    .default({}),
  /** Statuses that are fine; 200 to 299 when absent. */
  status: z.array(z.int().min(100).max(599)).min(1).optional(),
  /** What the body must match, in its first 65,536 bytes. */
  body: regexSchema.optional(),
});
export type HttpCheck = z.infer<typeof httpCheckSchema>;

/** Longest list that a `forEach` goes through. */
export const maxTurns = 40;

/**
 * One step of a phase: a script or a command, run once on each node; something that Drover does itself; or a block of steps.
 * Exactly one of {@link actions} says which.
 */
export const operationSchema = z.strictObject({
  id: operationIdSchema,
  name: z.string().max(256).optional(),

  run: z.string().min(1).max(262_144).optional(),
  /** A command of the library: `name`, `name@latest`, `name@<version>`. */
  use: z.string().min(1).max(256).optional(),
  with: z.record(variableNameSchema, templateSchema).optional(),

  echo: templateSchema.optional(),
  setEnv: z.record(variableNameSchema, templateSchema).optional(),
  /** Who sees the variables of `setEnv` from then on: this node, or the whole run. */
  scope: z.enum(['node', 'run']).optional(),
  fail: templateSchema.optional(),
  aggregate: aggregateSchema.optional(),
  extract: extractSchema.optional(),
  maintenanceWindow: maintenanceWindowSchema.optional(),
  wait: durationSchema.optional(),
  waitInput: waitInputSchema.optional(),
  approve: approveSchema.optional(),
  httpCheck: httpCheckSchema.optional(),

  if: conditionSchema.optional(),
  get else() {
    return z.array(operationSchema).min(1).max(40).optional();
  },
  forEach: z.union([templateSchema, z.array(z.json()).max(maxTurns)]).optional(),
  as: variableNameSchema.optional(),
  /** Most turns of a `forEach` whose list is known only on the node. */
  limit: z.int().min(1).max(maxTurns).optional(),
  /** Steps of an `if` that holds, or of each turn of a `forEach`. */
  get operations() {
    return z.array(operationSchema).min(1).max(40).optional();
  },

  interpreter: z.enum(interpreters).default('sh'),
  args: z.array(templateSchema).max(256).default([]),
  env: z.record(variableNameSchema, templateSchema).default({}),
  timeout: durationSchema.default('1h'),
  retries: retriesSchema.optional(),
  failOn: failOnSchema.optional(),
  okExitCodes: z.array(z.int()).min(1).max(50).optional(),
  failIgnore: z.boolean().default(false),
  when: conditionSchema.optional(),
  outputs: z.record(variableNameSchema, outputSchema).default({}),
  /** Exit code 194 or 3010 reboots the node, and the script runs again after that. */
  reboot: z.boolean().optional(),
  runAs: z.string().min(1).max(255).optional(),
  workingDirectory: z.string().min(1).max(200).optional(),
});

/** What an operation can be; each has exactly one of them. */
export const actions = [
  'run',
  'use',
  'echo',
  'setEnv',
  'fail',
  'aggregate',
  'extract',
  'maintenanceWindow',
  'wait',
  'waitInput',
  'approve',
  'httpCheck',
  'if',
  'forEach',
] as const;
export type Action = (typeof actions)[number];

/** An operation as its author writes it, with defaults filled in. */
export type WrittenOperation = z.infer<typeof operationSchema>;

/** Lets an operation run only where a decision before it says so. */
export type Guard =
  /** The condition of an `if` block was this. */
  | { readonly block: string; readonly was: boolean }
  /** The list of a `forEach` block has such a turn, from 0. */
  | { readonly block: string; readonly turn: number };

/** A turn of a `forEach` block: what `each.<name>` is. */
export interface Turn {
  readonly block: string;
  readonly name: string;
  /** From 0. */
  readonly turn: number;
}

/** A library that is delivered with a script: its text under a file name. */
export interface DeliveredLibrary {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly text: string;
}

/** The version of a command that an operation uses, as far as it is not in the operation itself. */
export interface AppliedCommand {
  readonly name: string;
  readonly version: string;
  readonly arguments: Readonly<Record<string, Param>>;
  /** Names of the arguments that come by position. */
  readonly positional: readonly string[];
  readonly libraries: readonly DeliveredLibrary[];
}

/**
 * An operation as it is run. In a job that was expanded (`expandJob`) there are no blocks of steps any more: what was inside follows its block
 * in the list of the phase and carries the block's decisions as guards.
 */
export type Operation = WrittenOperation & {
  /** All must hold, outermost first. */
  readonly guards?: readonly Guard[];
  /** The turns around it, outermost first. */
  readonly turns?: readonly Turn[];
  /** Ids that its author wrote, where the operation of the same turn has another one. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The command of the library that its script and settings come from. */
  readonly command?: AppliedCommand;
};

/** What an operation does. @throws never for a job that was checked; `run` when nothing is said. */
export const actionOf = (operation: WrittenOperation): Action =>
  actions.find((action) => operation[action] !== undefined) ?? 'run';

/** True when a node's agent runs it; everything else Drover does itself. */
export const isScript = (operation: WrittenOperation): boolean => {
  const action = actionOf(operation);
  return action === 'run' || action === 'use';
};
