import * as z from 'zod';
import { commandTypes } from '../model/command.ts';
import { interpreters } from '../model/operation.ts';

/** A job or command as in its file, without what is only a default. */
export const documentSchema = z.record(z.string(), z.json());

/** Who changed something in the library, when and why. */
/** Who made a change, when and why. */
export const changedSchema = z.object({ actor: z.string(), at: z.string(), comment: z.string().optional() });

const describedSchema = z.object({
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

/** A command in lists, as its latest version is. */
export const commandSummarySchema = z.object({
  name: z.string(),
  version: z.string(),
  type: z.enum(commandTypes),
  interpreter: z.enum(interpreters),
  ...describedSchema.shape,
  removed: z.boolean(),
  ...changedSchema.shape,
});
export type CommandSummary = z.infer<typeof commandSummarySchema>;

/** One version of a command. `actor` and `at` say who put it first, `changed` who changed the command last. */
export const commandViewSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** True for the version that `latest` means. */
  latest: z.boolean(),
  removed: z.boolean(),
  actor: z.string(),
  at: z.string(),
  changed: changedSchema,
  command: documentSchema,
});
export type CommandView = z.infer<typeof commandViewSchema>;

/** Answer of `PUT /v1/commands/{name}`; `created` is false when nothing new was put. */
export const commandPutSchema = commandViewSchema.extend({ created: z.boolean() });
export type CommandPut = z.infer<typeof commandPutSchema>;

export const changeActions = ['put', 'remove'] as const;

/** A change of a command: what was put, or that it was removed. */
export const commandChangeSchema = z.object({
  change: z.int(),
  action: z.enum(changeActions),
  version: z.string(),
  ...describedSchema.shape,
  ...changedSchema.shape,
});
export type CommandChange = z.infer<typeof commandChangeSchema>;

/** A job in lists, as its latest revision is. */
export const jobSummarySchema = z.object({
  name: z.string(),
  revision: z.int(),
  digest: z.string(),
  ...describedSchema.shape,
  removed: z.boolean(),
  ...changedSchema.shape,
});
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** One revision of a job; `removed` says that the job has been removed since. */
export const jobViewSchema = z.object({
  name: z.string(),
  revision: z.int(),
  digest: z.string(),
  latest: z.boolean(),
  removed: z.boolean(),
  ...changedSchema.shape,
  job: documentSchema,
});
export type JobView = z.infer<typeof jobViewSchema>;

/** Answer of `PUT /v1/jobs/{name}`; `created` is false when the content was unchanged. */
export const jobAppliedSchema = jobViewSchema.extend({ created: z.boolean() });
export type JobApplied = z.infer<typeof jobAppliedSchema>;

/** A revision of a job in its history: what was applied, or that it was removed. */
export const jobChangeSchema = z.object({
  revision: z.int(),
  action: z.enum(changeActions),
  digest: z.string(),
  ...describedSchema.shape,
  ...changedSchema.shape,
});
export type JobChange = z.infer<typeof jobChangeSchema>;

/** Answer of `DELETE /v1/commands/{name}` and `DELETE /v1/jobs/{name}`: what stays readable. */
export const removedSchema = z.object({
  name: z.string(),
  /** Changes of its history, the removal included. */
  changes: z.int(),
  ...changedSchema.shape,
});
export type Removed = z.infer<typeof removedSchema>;
