import * as z from 'zod';
import { commandTypes, commandVersionSchema } from './command.ts';
import { interpreters } from './operation.ts';

export const libraryKinds = ['command', 'job', 'targets'] as const;
/** What the library keeps under names. */
export type LibraryKind = (typeof libraryKinds)[number];

/** What the kinds are called: in sentences, one and several, and in the folders of their contents. */
export const kindWords = {
  command: { one: 'command', many: 'commands', folder: 'commands' },
  job: { one: 'job', many: 'jobs', folder: 'jobs' },
  targets: { one: 'target set', many: 'target sets', folder: 'targets' },
} as const satisfies Record<LibraryKind, object>;

/**
 * One change of a command, job or target set of the library: never changed itself, never removed. The latest one says what the name means now; a
 * removal says that it means nothing any more. The change of a job or target set is its revision.
 */
export const libraryChangeSchema = z.strictObject({
  kind: z.enum(libraryKinds),
  name: z.string(),
  /** 1, 2, 3 … under its name. */
  change: z.int().min(1),
  action: z.enum(['put', 'remove']),
  /** Digest of the content: the version of a command. Of a removal, that of what was removed. */
  digest: commandVersionSchema,
  actor: z.string(),
  at: z.iso.datetime(),
  /** Why, in the words of who did it. */
  comment: z.string().max(1024).optional(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  /** Of a command. */
  type: z.enum(commandTypes).optional(),
  interpreter: z.enum(interpreters).optional(),
  /** Of a target set: what it says, in a few words. */
  outline: z.string().max(256).optional(),
});
export type LibraryChange = z.infer<typeof libraryChangeSchema>;

/** A version of a command, and who put it first. */
export const commandVersionRecordSchema = z.strictObject({
  name: z.string(),
  version: commandVersionSchema,
  actor: z.string(),
  createdAt: z.iso.datetime(),
});
export type CommandVersionRecord = z.infer<typeof commandVersionRecordSchema>;
