import * as z from 'zod';
import { byOperation } from '#shared/client/by-operation.ts';
import { groupOutputs } from '#shared/client/group-outputs.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand, type OptionSpec } from '../../command.ts';
import { attemptSchema } from '../../inputs/attempt.ts';
import { statusesSchema } from '../../inputs/statuses.ts';
import { diffText } from '../../logs/diff-groups.ts';
import { type Filters, findResults, type LogsTarget } from '../../logs/find-results.ts';
import { followResults } from '../../logs/follow-results.ts';
import { findMatches, matchText } from '../../logs/print-matches.ts';
import { type Amount, printResult } from '../../logs/print-results.ts';
import { saveResults } from '../../logs/save-results.ts';
import { outputGroupText } from '../../output/output-text.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';
import type { Session } from '../../session.ts';

const schema = z.object({
  node: z.string().optional(),
  phase: z.string().optional(),
  operation: z.string().optional(),
  status: statusesSchema.optional(),
  attempt: attemptSchema.optional(),
  allTries: z.boolean().default(false),
  full: z.boolean().default(false),
  raw: z.boolean().default(false),
  groupEqual: z.boolean().default(false),
  diff: z.boolean().default(false),
  grep: z.string().min(1).optional(),
  ignoreCase: z.boolean().default(false),
  follow: z.boolean().default(false),
  save: z.string().min(1).optional(),
});
type Flags = z.output<typeof schema>;

const options: readonly OptionSpec[] = [
  { flags: '--node <id>', description: 'only this node, by id or name' },
  { flags: '--phase <name>', description: 'only in this phase' },
  { flags: '--operation <id>', description: 'only of this operation' },
  { flags: '--status <list>', description: 'only with these statuses, as failed,timedOut' },
  { flags: '--attempt <number>', description: 'only of this attempt; all of them otherwise' },
  { flags: '--all-tries', description: 'every try of an operation that was tried again, not only the last' },
  { flags: '--full', description: 'all of long output, not only its head and tail' },
  { flags: '--raw', description: 'only the bytes, all of them: stdout to standard output, stderr to standard error' },
  { flags: '--group-equal', description: 'nodes that answered the same together, the largest group first' },
  { flags: '--diff', description: 'the same, and how the other groups differ from the largest' },
  { flags: '--grep <pattern>', description: 'only lines that match a regular expression, of all nodes' },
  { flags: '-i, --ignore-case', description: 'with --grep: upper and lower case are the same' },
  { flags: '-f, --follow', description: 'print results as they come in, until the run is at its end' },
  { flags: '--save <dir>', description: 'write the output to files, one folder for each node' },
];

/** Ways to print, of which one can be chosen. */
const ways = ['grep', 'groupEqual', 'diff', 'follow', 'save'] as const;

const requireOneWay = (flags: Flags): void => {
  const given = ways.filter((way) => flags[way] !== undefined && flags[way] !== false);
  const names = given.map((way) => (way === 'groupEqual' ? '--group-equal' : `--${way}`));
  const isPair = given.length === 2 && flags.groupEqual && flags.diff;
  if (given.length > 1 && !isPair)
    throw new AppError('usage.invalid', `${names.join(' and ')} cannot be combined`, { hint: 'Give one of them.' });
};

const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const amountOf = ({ full, raw }: Flags): Amount => {
  if (raw) return 'raw';
  return full ? 'full' : 'short';
};

const grep = async (session: Session, target: LogsTarget, flags: Flags): Promise<number> => {
  const { host, style, settings } = session;
  const matches = findMatches(target, { pattern: flags.grep ?? '', ignoreCase: flags.ignoreCase });
  if (settings.format === 'table') {
    let count = 0;
    for await (const match of matches) {
      host.stdout.write(matchText(match, style));
      count += 1;
    }
    if (count === 0) session.say('No line matches.');
  } else session.print({ items: await collect(matches) }, () => '');
  return 0;
};

const group = async (session: Session, target: LogsTarget, { diff }: Flags): Promise<number> => {
  const look = { style: session.style, safe: session.host.stdout.isTerminal };
  const results = await collect(findResults(target));
  const texts: string[] = [];
  for (const one of byOperation(results)) {
    if (diff) texts.push(await diffText(target, one, look));
    else
      texts.push(
        `${look.style.bold(one.operation)}\n${groupOutputs(one.results)
          .map((equal) => outputGroupText(equal, look))
          .join('')}`,
      );
  }
  session.print({ groups: groupOutputs(results) }, () => texts.join('\n'));
  return 0;
};

const follow = async (session: Session, target: LogsTarget, flags: Flags): Promise<number> => {
  const print = async (result: ResultView): Promise<void> => {
    if (session.settings.format === 'table') await printResult(session, target, { result, amount: amountOf(flags) });
    else session.host.stdout.write(`${JSON.stringify(result)}\n`);
  };
  await followResults(session, target, print);
  return 0;
};

const save = async (session: Session, target: LogsTarget, dir: string): Promise<number> => {
  const files = await saveResults(target, dir);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  session.print({ files }, () => `${files.length} files, ${bytes} bytes in ${dir}\n`);
  const count = (state: string): number => files.filter((file) => file.state === state).length;
  if (count('cut') > 0) session.say(`${count('cut')} of them are cut: the rest was not kept (files.json says which).`);
  if (count('damaged') > 0)
    throw new AppError(
      'output.damaged',
      `${count('damaged')} files are not what the nodes printed: their digests differ`,
      {
        hint: `Look for "damaged" in ${dir}/files.json.`,
      },
    );
  return 0;
};

const list = async (session: Session, target: LogsTarget, flags: Flags): Promise<number> => {
  const results = findResults(target);
  if (session.settings.format !== 'table') {
    session.print({ items: await collect(results) }, () => '');
    return 0;
  }
  // One after the other as they come, so that any number of them takes no memory.
  for await (const result of results) await printResult(session, target, { result, amount: amountOf(flags) });
  return 0;
};

const filtersOf = ({ node, phase, operation, status, attempt, allTries }: Flags): Filters => ({
  ...(node === undefined ? {} : { node }),
  ...(phase === undefined ? {} : { phase }),
  ...(operation === undefined ? {} : { operation }),
  ...(status === undefined ? {} : { status }),
  ...(attempt === undefined ? {} : { attempt }),
  ...(allTries ? { tries: 'all' } : {}),
});

/** `drover run logs`. */
export const runLogsCommand = defineCommand({
  name: 'logs',
  summary: 'Print what the operations of a run printed on its nodes',
  details:
    'Long output is shown by its head and tail; all of it is kept: --full, --raw and --save give it, --grep searches it.',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options,
  schema,
  run: async (session, flags, [text = '']) => {
    requireOneWay(flags);
    const { client } = await session.connect();
    const target = { client, runId: await resolveRunId(client, text), filters: filtersOf(flags) };
    if (flags.grep !== undefined) return grep(session, target, flags);
    if (flags.save !== undefined) return save(session, target, flags.save);
    if (flags.follow) return follow(session, target, flags);
    return flags.groupEqual || flags.diff ? group(session, target, flags) : list(session, target, flags);
  },
});
