import * as z from 'zod';
import { durationSchema, templateSchema, variableNameSchema } from './job-values.ts';
import { failOnSchema, interpreters, outputSchema } from './operation.ts';
import { paramSchema } from './param.ts';

const segment = '[A-Za-z0-9_][A-Za-z0-9._-]{0,63}';

/** Names of commands: paths such as `ops/restart`, up to eight parts of letters, digits, `.`, `_`, `-`; 128 characters in all. */
export const commandNameSchema = z
  .string()
  .max(128)
  .regex(
    new RegExp(`^${segment}(?:/${segment}){0,7}$`),
    'is not a command name (a path such as ops/restart: letters, digits, . _ -)',
  );

/** Id of a command version: SHA-256, in hex, of its content and settings. */
export const commandVersionSchema = z.string().regex(/^[0-9a-f]{64}$/, 'is not the id of a version (64 hex digits)');

export const commandTypes = ['script', 'library'] as const;
/** A script is what an operation uses; a library is delivered along with the scripts that use it. */
export type CommandType = (typeof commandTypes)[number];

/** The part of a command that makes its version: the text and its settings. */
export const commandSpecSchema = z.strictObject({
  type: z.enum(commandTypes).default('script'),
  run: z.string().min(1).max(262_144),
  interpreter: z.enum(interpreters).default('sh'),
  /** What a use gives, by name; each reaches the script as the environment variable of that name unless it is positional. */
  arguments: z.record(variableNameSchema, paramSchema).default({}),
  /** The arguments that reach the script as its own arguments, in this order. */
  positional: z.array(variableNameSchema).max(256).default([]),
  /** Library commands whose files are put beside the script: `name`, `name@latest`, `name@<version>`. */
  libraries: z.array(z.string().min(1).max(256)).max(20).default([]),
  /** Of a library: its file name on the node. */
  file: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'is not a file name (letters, digits, . _ -)')
    .optional(),
  env: z.record(variableNameSchema, templateSchema).default({}),
  timeout: durationSchema.default('1h'),
  failOn: failOnSchema.optional(),
  okExitCodes: z.array(z.int()).min(1).max(50).optional(),
  outputs: z.record(variableNameSchema, outputSchema).default({}),
  runAs: z.string().min(1).max(255).optional(),
  workingDirectory: z.string().min(1).max(200).optional(),
});
export type CommandSpec = z.infer<typeof commandSpecSchema>;

/** Description and labels belong to the name: changing them makes no new version. */
export const commandMetadataSchema = z.strictObject({
  name: commandNameSchema,
  description: z.string().max(4096).optional(),
  labels: z.record(z.string().max(128), z.string().max(256)).optional(),
});

/** A command definition, as in a command file. Unknown keys are refused. */
export const commandSchema = z.strictObject({
  apiVersion: z.literal('drover/v1'),
  kind: z.literal('Command'),
  metadata: commandMetadataSchema,
  spec: commandSpecSchema,
});
/** A command with every default filled in. */
export type Command = z.infer<typeof commandSchema>;
/** A command as its author writes it: defaults may be absent. */
export type CommandInput = z.input<typeof commandSchema>;

/** A command version as a run uses it, with its libraries. */
export const frozenCommandSchema = z.strictObject({
  name: commandNameSchema,
  version: commandVersionSchema,
  spec: commandSpecSchema,
  libraries: z.array(
    z.strictObject({ name: commandNameSchema, version: commandVersionSchema, file: z.string(), text: z.string() }),
  ),
});
export type FrozenCommand = z.infer<typeof frozenCommandSchema>;
