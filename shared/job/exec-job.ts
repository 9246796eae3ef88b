import { AppError } from '../errors/app-error.ts';
import { type Amount, type Interpreter, type Job, jobSchema, type Targets } from '../model/job.ts';

/** A command for many nodes. */
export interface ExecSpec {
  /** As given after `--`. */
  readonly words: readonly string[];
  readonly interpreter: Interpreter;
  /** For one node, as `30s`. */
  readonly timeout?: string | undefined;
  readonly maxConcurrency?: Amount | undefined;
  readonly maxFailures: Amount;
  readonly targets?: Targets | undefined;
  readonly runAs?: string | undefined;
}

/** In templates `${{` begins an expression; doubling the `$` makes it text. */
const asText = (word: string): string => word.split('${{').join('$${{');

/**
 * One word is a script of the interpreter. Of several, a shell runs the first as a program with the others as its arguments, exactly as they
 * are: nothing in them is expanded. Other interpreters take the first as the script and the others as its arguments.
 */
const scriptOf = ({ words, interpreter }: ExecSpec): { readonly run: string; readonly args: string[] } => {
  const [first = '', ...others] = words;
  if (others.length === 0) return { run: first, args: [] };
  const isShell = interpreter === 'sh' || interpreter === 'bash';
  return isShell ? { run: '"$@"', args: words.map(asText) } : { run: first, args: others.map(asText) };
};

/**
 * The job that runs one command: one group, one phase, one operation.
 * @throws AppError `usage.invalid` when there is no command.
 */
export const execJob = (spec: ExecSpec): Job => {
  const { run, args } = scriptOf(spec);
  if (run.trim() === '')
    throw new AppError('usage.invalid', 'No command is given', {
      hint: 'Write it after --, as: drover exec --where true -- uptime',
    });
  const { interpreter, timeout, maxConcurrency, maxFailures, targets, runAs } = spec;
  return jobSchema.parse({
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'exec' },
    spec: {
      ...(targets === undefined ? {} : { targets }),
      groups: [
        {
          name: 'exec',
          maxFailures,
          ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
          phases: [
            {
              name: 'exec',
              operations: [
                {
                  id: 'command',
                  run,
                  args,
                  interpreter,
                  ...(timeout === undefined ? {} : { timeout }),
                  ...(runAs === undefined ? {} : { runAs }),
                },
              ],
            },
          ],
        },
      ],
    },
  });
};
