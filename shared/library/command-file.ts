import { type DocumentFile, readDocumentFile } from '../job/document-file.ts';
import type { Command } from '../model/command.ts';
import { commandDocument } from './command-document.ts';

/**
 * Reads a command file, YAML or JSON.
 * @throws AppError `command.syntax`, `command.invalid`, with places as {@link readDocumentFile} says.
 */
export const readCommandFile = (text: string, fileName: string): DocumentFile<Command> =>
  readDocumentFile(commandDocument, text, fileName);
