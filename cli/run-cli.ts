import { CommanderError } from 'commander';
import { AppError, toAppError } from '#shared/errors/app-error.ts';
import { errorLines, errorProblem } from './errors.ts';
import { failedPlanExitCode } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { makeStyle, usesColor } from './output/style.ts';
import { buildProgram } from './program.ts';

/** The arguments that are Drover's own: all before `--`. */
const ownArguments = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Whether data is wanted as JSON, known also when the arguments cannot be parsed. */
const wantsJson = (argv: readonly string[]): boolean =>
  ownArguments(argv).some(
    (word, index, all) =>
      /^(-o|--output=)json$/.test(word) || (/^(-o|--output)$/.test(word) && all[index + 1] === 'json'),
  );

const usageError = (error: CommanderError): AppError =>
  new AppError('usage.invalid', error.message.replace(/^error: /, '').replaceAll('\n', ' '), {
    hint: 'Help: drover --help, or drover <command> --help',
    cause: error,
  });

const tell = (host: CliHost, argv: readonly string[], error: AppError): void => {
  const flag = ownArguments(argv).findLast((word) => /^--(no-)?color$/.test(word));
  const colored = usesColor(host.stderr, host.env, flag === undefined ? undefined : flag === '--color');
  const text = wantsJson(argv) ? JSON.stringify(errorProblem(error)) : errorLines(error, makeStyle(colored)).join('\n');
  host.stderr.write(`${text}\n`);
  if (error.code === 'internal.bug' && host.env['DROVER_DEBUG']) host.stderr.write(`${stackOf(error)}\n`);
};

const stackOf = ({ cause, stack }: AppError): string => (cause instanceof Error ? cause.stack : stack) ?? '';

/** Runs one command line; answers its exit code. Never throws. */
export const runCli = async (argv: readonly string[], host: CliHost): Promise<number> => {
  let exitCode = 0;
  const program = buildProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return 2;
    const error = thrown instanceof CommanderError ? usageError(thrown) : toAppError(thrown);
    tell(host, argv, error);
    return ownArguments(argv).includes('--detailed-exitcode') ? failedPlanExitCode : error.kind.exit;
  }
};
