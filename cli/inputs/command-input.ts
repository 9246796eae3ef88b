import { extname } from 'node:path';
import { AppError } from '#shared/errors/app-error.ts';
import { invalidDocument } from '#shared/job/read-document.ts';
import { checkCommand } from '#shared/library/check-command.ts';
import { commandDocument, readCommandFile } from '#shared/library/command-document.ts';
import { type Command, type CommandType, commandNameSchema, commandSchema } from '#shared/model/command.ts';
import { type Interpreter, interpreters } from '#shared/model/operation.ts';
import type { SentFile } from './file-places.ts';
import type { InputFile } from './read-file.ts';
import { guessInterpreter } from './script-interpreter.ts';

/** A command, and the command file that it stands in; a bare script has none. */
export interface CommandInput {
  readonly command: Command;
  readonly file?: SentFile;
}

/** What the flags say of a bare script. */
export interface ScriptFlags {
  readonly name?: string | undefined;
  readonly interpreter?: Interpreter | undefined;
  readonly description?: string | undefined;
  readonly type?: CommandType | undefined;
}

/** True for a file of YAML or JSON; everything else is a script. Standard input is a script when its name is given. */
export const isCommandFile = (fileName: string, { name }: ScriptFlags): boolean =>
  fileName === 'standard input' ? name === undefined : ['.yaml', '.yml', '.json'].includes(extname(fileName));

const requireName = (fileName: string, name: string | undefined): string => {
  if (name === undefined)
    throw new AppError('usage.invalid', `${fileName} is a bare script: say the name of the command`, {
      hint: 'Give it: --name ops/restart. A command file (.yaml, .yml, .json) says its name itself.',
    });
  const parsed = commandNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new AppError('usage.invalid', `--name '${name}' ${parsed.error.issues[0]?.message}`);
};

const requireInterpreter = ({ text, fileName }: InputFile, given: Interpreter | undefined): Interpreter => {
  const interpreter = given ?? guessInterpreter(text, fileName);
  if (interpreter !== undefined) return interpreter;
  throw new AppError('usage.invalid', `It is not clear what runs ${fileName}`, {
    hint: `Give it: --interpreter ${interpreters.join('|')}, or a first line such as #!/bin/sh.`,
  });
};

const commandOfScript = (input: InputFile, flags: ScriptFlags): Command => {
  const { text, fileName } = input;
  const { description, type } = flags;
  const command = commandSchema.safeParse({
    apiVersion: 'drover/v1',
    kind: 'Command',
    metadata: { name: requireName(fileName, flags.name), ...(description === undefined ? {} : { description }) },
    spec: {
      ...(type === undefined ? {} : { type }),
      run: text,
      interpreter: requireInterpreter(input, flags.interpreter),
    },
  });
  if (!command.success)
    throw new AppError(
      'command.invalid',
      text === '' ? `${fileName} is empty` : `${fileName}: ${command.error.issues[0]?.message}`,
    );
  const findings = checkCommand(command.data);
  if (findings.length > 0) throw invalidDocument(commandDocument, fileName, findings);
  return command.data;
};

/**
 * The command of a file: of a command file as it says, of a bare script as the flags and its first line or ending say.
 * @throws AppError `usage.invalid`, `command.syntax`, `command.invalid`
 */
export const readCommand = (input: InputFile, flags: ScriptFlags = {}): CommandInput => {
  const { text, fileName } = input;
  if (!isCommandFile(fileName, flags)) return { command: commandOfScript(input, flags) };
  const useless = Object.entries(flags).find(([, value]) => value !== undefined);
  if (useless !== undefined)
    throw new AppError('usage.invalid', `--${useless[0]} is for bare scripts; ${fileName} is a command file`);
  const { value, source } = readCommandFile(text, fileName);
  return { command: value, file: { fileName, source } };
};
