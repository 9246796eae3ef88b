import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { contextInUse } from './contexts/context-in-use.ts';
import { exitCodeHelp, exitCodeHint } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { openSession, type Session } from './session.ts';
import { globalOptionsSchema, outputFormats, settingsOf } from './settings.ts';

/** An option as help shows it; `many` may be given several times. */
export interface OptionSpec {
  readonly flags: string;
  readonly description: string;
  readonly many?: true;
}

/** A command: how it is called, and what it does. */
export interface CommandSpec<S extends z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, for `--help`. */
  readonly details?: string;
  /** Arguments in commander's notation, with what they are. */
  readonly args?: Readonly<Record<string, string>>;
  readonly options?: readonly OptionSpec[];
  /** Checks what commander read; keys are the long flags in camel case. */
  readonly schema: S;
  /** True when everything after the first argument belongs to it. */
  readonly passThrough?: true;
  /** Does the work; answers the exit code. */
  run(session: Session, options: z.output<S>, args: readonly string[]): Promise<number>;
}

/** A command, ready to be put under a noun. */
export type CommandDefinition = Omit<CommandSpec<z.ZodObject>, 'schema' | 'run'> & {
  run(session: Session, options: unknown, args: readonly string[]): Promise<number>;
};

const flagOf = (key: PropertyKey | undefined): string =>
  `--${String(key).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const parseOptions = <S extends z.ZodType>(schema: S, options: unknown): z.output<S> => {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'usage.invalid',
    parsed.error.issues.map(({ path, message }) => `${flagOf(path[0])}: ${message}`).join('; '),
  );
};

/** Makes a command; its options are checked before it runs. */
export const defineCommand = <S extends z.ZodObject>(spec: CommandSpec<S>): CommandDefinition => ({
  ...spec,
  run: (session, options, args) => spec.run(session, parseOptions(spec.schema, options), args),
});

const gather = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const globalOptions: readonly Option[] = [
  new Option('-o, --output <format>', 'how data is printed').choices([...outputFormats]),
  new Option('--context <name>', 'where Drover is (also DROVER_CONTEXT; else the context in use)'),
  new Option('--server <url>', 'the Drover server (also DROVER_SERVER)'),
  new Option('--token-file <file>', 'file with the token for the server (also DROVER_TOKEN_FILE)'),
  new Option('--state-dir <dir>', 'where the local cloud keeps its state (also DROVER_HOME)'),
  new Option('--fleet <file>', 'fleet file of the local cloud (also DROVER_FLEET)'),
  new Option('-q, --quiet', 'print data and errors only'),
  new Option('--color', 'print with colours (also FORCE_COLOR; the default on a terminal)'),
  new Option('--no-color', 'print without colours (also NO_COLOR)'),
];

/** Adds the options that work everywhere, under a heading of their own. */
export const addGlobalOptions = (command: Command): Command => {
  for (const option of globalOptions) command.addOption(option.helpGroup('Options of every command:'));
  return addHelp(command);
};

/** Help as every command has it, with the exit codes at its end. */
export const addHelp = (command: Command): Command => {
  const codes = command.parent === null ? exitCodeHelp() : exitCodeHint;
  return command.helpOption('-h, --help', 'print help').addHelpText('after', `\n${codes}`);
};

/** Puts a command under a noun or the program. `finish` is told its exit code. */
export const addCommand = (
  parent: Command,
  definition: CommandDefinition,
  host: CliHost,
  finish: (exitCode: number) => void,
): void => {
  const command = parent.command(definition.name).summary(definition.summary);
  command.description(
    definition.details === undefined ? definition.summary : `${definition.summary}.\n${definition.details}`,
  );
  for (const [name, description] of Object.entries(definition.args ?? {})) command.argument(name, description);
  for (const { flags, description, many } of definition.options ?? []) {
    const option = new Option(flags, description);
    command.addOption(many ? option.argParser(gather) : option);
  }
  addGlobalOptions(command);
  if (definition.passThrough) command.passThroughOptions();
  command.action(async () => {
    const options: unknown = command.optsWithGlobals();
    const flags = parseOptions(globalOptionsSchema, options);
    const session = openSession(host, settingsOf(flags, host, await contextInUse(flags, host)));
    try {
      finish(await definition.run(session, options, command.args));
    } finally {
      await session.close();
    }
  });
};
