import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { type CrontabEntry, type RefusedLine, readCrontab } from '#shared/import/crontab/read-crontab.ts';
import { shortJob } from '#shared/job/short-job.ts';
import type { Job } from '#shared/model/job.ts';
import { overlapPolicies } from '#shared/model/schedule.ts';
import { nextDueTimes } from '#shared/schedule/firings.ts';
import { parseExpression } from '#shared/schedule/read-expression.ts';
import { localText } from '#shared/schedule/zone.ts';
import { defineCommand } from '../../command.ts';
import { jobOfEntry, readScripts } from '../../inputs/crontab-jobs.ts';
import { readInputFile } from '../../inputs/read-file.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { safeLine } from '../../output/safe-text.ts';
import { type Column, renderTable } from '../../output/table.ts';
import type { Session } from '../../session.ts';

const texts = z.array(z.string()).optional();

const importSchema = z.object({
  zone: z.string().default('UTC'),
  system: z.boolean().optional(),
  scripts: z.string().optional(),
  prefix: z.string().default('cron'),
  overlap: z.enum(overlapPolicies).default('allow'),
  apply: z.boolean().default(false),
  where: z.string().optional(),
  set: z.string().optional(),
  tag: texts,
  node: texts,
});
type ImportOptions = z.output<typeof importSchema>;

/** A line that becomes a job and a schedule of one name. */
interface Imported {
  readonly name: string;
  readonly line: number;
  readonly entry: CrontabEntry;
  readonly next: readonly string[];
  readonly job: Job;
}

const nextTimes = (entry: CrontabEntry, now: number): readonly string[] => {
  const { form } = parseExpression({ ...entry, anchorMs: now });
  return nextDueTimes(form, { afterMs: now }, 3).map(({ atMs }) => localText(atMs, form.zone));
};

/** A system crontab is told by where it is, too. */
const isSystemPath = (path: string): boolean => /(^|\/)etc\/(crontab$|cron\.d\/)/.test(path);

const read = async ({ host, say }: Session, path: string, options: ImportOptions) => {
  const { text } = await readInputFile(host, path);
  const system = options.system ?? (isSystemPath(path) ? true : undefined);
  const now = host.now();
  const look = { zone: options.zone, nowMs: now, ...(system === undefined ? {} : { system }) };
  const { entries, refused, notes } = readCrontab(text, look);
  for (const note of notes) say(note);
  const scripts = await readScripts(options.scripts);
  const targets = targetsOfFlags(options) ?? { where: 'true' };
  const imported: Imported[] = [];
  const alsoRefused: RefusedLine[] = [...refused];
  for (const entry of entries) {
    const name = `${options.prefix}-${entry.line}`;
    const job = jobOfEntry(entry, { name, targets, scripts });
    if (typeof job === 'string') alsoRefused.push({ line: entry.line, text: entry.expression, reason: job });
    else imported.push({ name, line: entry.line, entry, next: nextTimes(entry, now), job });
  }
  return { imported, refused: alsoRefused.toSorted((a, b) => a.line - b.line) };
};

const workText = ({ work }: CrontabEntry): string =>
  work.kind === 'script' ? `script ${work.scriptId}` : work.command;

const columns: readonly Column<Imported>[] = [
  { title: 'LINE', cell: ({ line }) => String(line), align: 'right' },
  { title: 'SCHEDULE', cell: ({ name }) => name },
  { title: 'WHEN', cell: ({ entry }) => entry.expression },
  { title: 'NEXT', cell: ({ next }) => next[0] ?? '' },
  { title: 'AND THEN', cell: ({ next }) => next[1] ?? '' },
  { title: 'RUNS', cell: ({ entry }) => safeLine(workText(entry), 60) },
];

const apply = async (session: Session, imported: readonly Imported[], { overlap }: ImportOptions): Promise<void> => {
  const { client } = await session.connect();
  for (const { name, job, entry, line } of imported) {
    await client.applyJob(name, { job: shortJob(job), comment: `line ${line} of a crontab` });
    const { expression, dialect, zone } = entry;
    await client.putSchedule(name, { job: name, expression, dialect, zone, overlap, tags: { imported: 'crontab' } });
    session.say(`Stored job and schedule ${name}`);
  }
};

/** `drover import crontab`. */
export const importCrontabCommand = defineCommand({
  name: 'crontab',
  summary: 'Turn the lines of a crontab into jobs and schedules',
  details:
    'Shows what each line becomes and when it is next due, or why it is refused; with --apply it is stored. Understood are crontabs of users, of the system (with a user before each command), and ones whose lines end in the id of a script and may have a year. As with cron, runs may overlap unless --overlap says otherwise.',
  args: { '<file>': 'the crontab; - for standard input: crontab -l | drover import crontab -' },
  options: [
    { flags: '--zone <zone>', description: 'time zone of its machine (default UTC)' },
    { flags: '--system', description: 'there is a user before each command (told by path and comments otherwise)' },
    { flags: '--scripts <dir>', description: 'folder with the scripts that lines name by their SHA-1' },
    { flags: '--prefix <text>', description: 'names are <prefix>-<line> (default cron)' },
    {
      flags: '--overlap <policy>',
      description: `while the run before goes on: ${overlapPolicies.join(', ')} (default allow)`,
    },
    { flags: '--apply', description: 'store jobs and schedules; needs --where, --tag, --set or --node' },
    { flags: '--where <condition>', description: 'the jobs run on nodes for which this CEL condition holds' },
    { flags: '--tag <name=value>', description: 'on nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--set <name>', description: 'on the nodes of this target set; --where and --tag narrow it' },
    { flags: '--node <ids>', description: 'on these nodes: an id or a comma list (may be repeated)', many: true },
  ],
  schema: importSchema,
  run: async (session, options, [path = '']) => {
    if (options.apply && targetsOfFlags(options) === undefined)
      throw new AppError('usage.invalid', 'It is not said on which nodes the jobs run', {
        hint: 'Give --where, --tag, --set or --node; all nodes are: --where true',
      });
    const { imported, refused } = await read(session, path, options);
    const shown = {
      imported: imported.map(({ entry, job, ...rest }) => ({ ...rest, ...entry, job: shortJob(job) })),
      refused,
    };
    session.print(shown, () => (imported.length === 0 ? '' : renderTable(columns, imported, session.style)));
    for (const { line, text, reason } of refused)
      session.host.stderr.write(`line ${line} is refused: ${safeLine(reason)}\n  ${safeLine(text, 120)}\n`);
    if (options.apply) await apply(session, imported, options);
    else if (imported.length > 0)
      session.say(`Times are read in ${options.zone}. Nothing is stored yet: --apply does that.`);
    return refused.length === 0 ? 0 : 2;
  },
});
