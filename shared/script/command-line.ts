import type { Interpreter } from '../model/operation.ts';

/** Characters of a command line that CreateProcess takes (32,767), less what the wrapper itself puts into it; cmd takes 8,191. */
const longestCharacters = { program: 31_000, bat: 7_500 } as const;

/**
 * An argument in a command line of Windows, as CommandLineToArgvW and the C runtime read it back: in quotes, with backslashes doubled before a
 * quote only. PowerShell, Python, Perl and Node.js all read theirs so.
 */
export const programArgument = (value: string): string =>
  `"${value.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;

/** cmd takes no escape inside quotes: a quote ends them, and a percent sign is looked up even there. */
const unfitForCmd = /["%\r\n]/;

/** An argument for a batch file; see {@link windowsCommandLineFault} for those that it cannot have. */
const batArgument = (value: string): string => `"${value}"`;

/** A script's arguments as they follow its file's name in the command line, each with a blank before it. */
export const windowsArguments = (interpreter: Interpreter, args: readonly string[]): string =>
  args.map((value) => ` ${interpreter === 'bat' ? batArgument(value) : programArgument(value)}`).join('');

/** Why arguments cannot be in a command line of Windows as data; undefined when they can. */
export const windowsCommandLineFault = (interpreter: Interpreter, args: readonly string[]): string | undefined => {
  const isBat = interpreter === 'bat';
  const unfit = isBat ? args.findIndex((value) => unfitForCmd.test(value)) : -1;
  if (unfit >= 0)
    return `Argument ${unfit + 1} holds a quote, a percent sign or a line end, which a batch file cannot be given as data: give it through env.`;
  const characters = windowsArguments(interpreter, args).length;
  const most = isBat ? longestCharacters.bat : longestCharacters.program;
  return characters > most
    ? `The arguments make ${characters} characters; a command line of Windows takes ${most} here: give them through env.`
    : undefined;
};
