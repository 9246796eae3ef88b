import { AppError } from '#shared/errors/app-error.ts';
import { commandVersion, parseCommand } from '#shared/library/command-document.ts';
import type { Command, CommandInput, FrozenCommand } from '#shared/model/command.ts';
import type { DeliveredLibrary } from '#shared/model/operation.ts';

/** A whole command document with these parts under `spec`. */
export const commandInput = (spec: Partial<CommandInput['spec']> = {}, name = 'ops/restart'): CommandInput => ({
  apiVersion: 'drover/v1',
  kind: 'Command',
  metadata: { name },
  spec: { run: 'true', ...spec },
});

/** A checked command. */
export const command = (spec: Partial<CommandInput['spec']> = {}, name?: string): Command =>
  parseCommand(commandInput(spec, name));

/** A command as a run keeps it. */
export const frozen = (
  spec: Partial<CommandInput['spec']> = {},
  { name = 'ops/restart', libraries = [] }: { readonly name?: string; readonly libraries?: DeliveredLibrary[] } = {},
): FrozenCommand => {
  const { spec: checked } = command(spec, name);
  return { name, version: commandVersion(checked), spec: checked, libraries };
};

/** What reading a command with these parts complains of: `pointer: message` each. */
export const complaintsOf = (document: unknown): readonly string[] => {
  try {
    parseCommand(document);
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.places.map((place) => `${place.path}: ${place.message}`);
    throw error;
  }
};
