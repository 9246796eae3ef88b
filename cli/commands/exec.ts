import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import type { NodeRow, RunView } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { execJob } from '#shared/job/exec-job.ts';
import { amountSchema, durationSchema, interpreters } from '#shared/model/job.ts';
import { defineCommand } from '../command.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { readInventory, readNodesFile } from '../inputs/nodes-file.ts';
import { readInputFile } from '../inputs/read-file.ts';
import { targetsOfFlags } from '../inputs/where.ts';
import { execReport, execText } from '../output/exec-report.ts';
import { nextSteps, summaryLine } from '../runs/run-summary.ts';
import { submitOnce } from '../runs/submit.ts';
import { watchRun } from '../runs/watch-run.ts';
import type { Session } from '../session.ts';

const texts = z.array(z.string()).optional();
/** A count arrives as text. */
const amountFlag = z
  .string()
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : text))
  .pipe(amountSchema);

const execSchema = z.object({
  where: z.string().optional(),
  node: texts,
  tag: texts,
  set: z.string().optional(),
  nodesFile: z.string().optional(),
  interpreter: z.enum(interpreters).default('sh'),
  timeout: durationSchema.optional(),
  maxConcurrency: amountFlag.optional(),
  maxFailures: amountFlag.default('100%'),
  runAs: z.string().optional(),
  propagateExitCode: z.boolean().default(false),
});
type ExecOptions = z.output<typeof execSchema>;

const requestOf = async (session: Session, client: DroverClient, options: ExecOptions, words: readonly string[]) => {
  const targets = targetsOfFlags(options);
  if (targets === undefined && options.nodesFile === undefined)
    throw new AppError('usage.invalid', 'It is not said on which nodes', {
      hint: 'Give --where, --tag, --set, --node or --nodes-file; all nodes are: --where true',
    });
  if (targets !== undefined && options.nodesFile !== undefined)
    throw new AppError('usage.invalid', '--nodes-file cannot be combined with --where, --tag, --set and --node');
  const job = execJob({ ...options, words, targets });
  if (options.nodesFile === undefined) return { job };
  const file = await readInputFile(session.host, options.nodesFile);
  return { job, nodes: [...(await readNodesFile(file, (refresh) => readInventory(client, refresh)))] };
};

const exitCodeOf = (view: RunView, rows: readonly NodeRow[], propagate: boolean): number => {
  const [only, ...others] = rows;
  if (propagate && only !== undefined && others.length === 0 && only.exitCode !== null) return only.exitCode;
  const failed = rows.some(({ status }) => status !== 'succeeded' && status !== 'ignored');
  return failed ? Math.max(1, exitCodeOfRun(view.status)) : exitCodeOfRun(view.status);
};

/** `drover exec`. */
export const execCommand = defineCommand({
  name: 'exec',
  summary: 'Run one command on many nodes and print what they answered, equal answers together',
  details:
    'Write the command after --. One word is a shell script: drover exec --where true -- \'df -h | tail -1\'\nSeveral words are a program and its arguments, exactly as they are: drover exec --tag app=shop -- ls "my file"',
  args: { '<command...>': 'the command' },
  options: [
    { flags: '--where <condition>', description: 'on nodes for which this CEL condition over node holds' },
    { flags: '--tag <name=value>', description: 'on nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--set <name>', description: 'on the nodes of this target set; --where and --tag narrow it' },
    { flags: '--node <ids>', description: 'on these nodes: an id or a comma list (may be repeated)', many: true },
    {
      flags: '--nodes-file <file>',
      description: 'on these nodes: JSON lines, of Drover or of autoexec, or a hosts file',
    },
    { flags: '--interpreter <name>', description: `what runs it: ${interpreters.join(', ')} (default sh)` },
    { flags: '--run-as <user>', description: 'user on the node' },
    { flags: '--timeout <duration>', description: 'for each node (default 1h)' },
    { flags: '--max-concurrency <amount>', description: 'nodes at once: a count or a percentage (default all)' },
    {
      flags: '--max-failures <amount>',
      description: 'stop when more nodes failed: a count or a percentage (default 100%)',
    },
    { flags: '--propagate-exit-code', description: 'with one node: exit with its exit code' },
  ],
  schema: execSchema,
  passThrough: true,
  run: async (session, options, words) => {
    const { host } = session;
    const connection = await session.connect();
    const { client } = connection;
    const { run } = await submitOnce(host, client, await requestOf(session, client, options, words));
    const view = await watchRun(session, connection, run.runId);
    const rows = await gatherPages((page) => client.listNodeRows(view.runId, page));
    const results = await gatherPages((page) => client.listResults(view.runId, page));
    const look = { style: session.style, safe: host.stdout.isTerminal };
    session.print(execReport(view, results, rows), () => execText(results, rows, look));
    session.say(summaryLine(view, host.now(), session.talkStyle));
    for (const step of nextSteps(view)) session.say(`next: ${step}`);
    return exitCodeOf(view, rows, options.propagateExitCode);
  },
});
