import { type DocumentFile, readDocumentFile } from '../job/document-file.ts';
import type { DocumentKind } from '../job/document-kind.ts';
import { documentJsonSchema } from '../job/document-schema.ts';
import { jsonDigest } from '../job/job-digest.ts';
import { parseDocument } from '../job/read-document.ts';
import { shortForm } from '../job/short-form.ts';
import { type Command, type CommandSpec, commandSchema, commandSpecSchema } from '../model/command.ts';
import { checkCommand } from './check-command.ts';
import { commandLevels } from './command-levels.ts';

/** Commands as a kind of document. */
export const commandDocument: DocumentKind<Command> = {
  noun: 'command',
  schema: commandSchema,
  levels: commandLevels,
  check: checkCommand,
  codes: { syntax: 'command.syntax', invalid: 'command.invalid' },
};

/**
 * Reads a command from a JSON value, such as the body of a request.
 * @throws AppError `command.invalid` with every problem, up to 50, as `places` with a JSON Pointer in `path`.
 */
export const parseCommand = (value: unknown): Command => parseDocument(commandDocument, value);

/**
 * Reads a command file, YAML or JSON.
 * @throws AppError `command.syntax`, `command.invalid`, with places as {@link readDocumentFile} says.
 */
export const readCommandFile = (text: string, fileName: string): DocumentFile<Command> =>
  readDocumentFile(commandDocument, text, fileName);

/** The JSON Schema of a command file as its author writes it, for editors. */
export const commandJsonSchema = () => documentJsonSchema(commandDocument);

/** Content and settings of a command as they are stored: without what is only a default. */
export const storedSpec = (spec: CommandSpec): unknown => shortForm(commandSpecSchema, spec);

/** A command as its author would write it: without what is only a default. */
export const storedCommand = (command: Command): unknown => shortForm(commandSchema, command);

/**
 * The id of a command version: SHA-256, in hex, of the canonical JSON of its content and settings. Description and labels do not count, nor
 * does it matter which defaults are written out.
 */
export const commandVersion = (spec: CommandSpec): string => jsonDigest(storedSpec(spec));
