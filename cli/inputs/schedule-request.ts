import { parse } from 'yaml';
import * as z from 'zod';
import { type PutScheduleRequestInput, putScheduleRequestSchema } from '#shared/contract/schedule-views.ts';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import { durationSchema } from '#shared/model/job.ts';
import { dialects, overlapPolicies } from '#shared/model/schedule.ts';
import type { OptionSpec } from '../command.ts';
import type { CliHost } from '../host.ts';
import { readCalendar } from './calendar-file.ts';
import { parseKeyValues } from './key-values.ts';
import { readParams } from './params.ts';
import { readInputFile } from './read-file.ts';

const texts = z.array(z.string()).optional();

/** Flags that say when. */
export const timesOptions: readonly OptionSpec[] = [
  {
    flags: '--dialect <name>',
    description: `how the expression is written: ${dialects.join(', ')} (default: by its looks)`,
  },
  { flags: '--zone <zone>', description: 'time zone, such as Europe/Madrid (default UTC)' },
  { flags: '--start <time>', description: 'nothing is due before, such as 2027-01-01T00:00:00Z' },
  { flags: '--end <time>', description: 'nothing is due after' },
  {
    flags: '--calendar <file>',
    description: 'start nothing in its events: an iCalendar file, or a list of {from, to, summary} (may be repeated)',
    many: true,
  },
];
/** The values of those flags. */
export const timesFlagsSchema = z.object({
  dialect: z.enum(dialects).optional(),
  zone: z.string().optional(),
  start: z.iso.datetime({ offset: true }).optional(),
  end: z.iso.datetime({ offset: true }).optional(),
  calendar: texts,
});

/** Flags of `schedule put`. */
export const scheduleOptions: readonly OptionSpec[] = [
  { flags: '-f, --file <file>', description: 'the schedule as YAML or JSON; flags override it' },
  { flags: '--job <name>', description: 'a stored job: name or name@revision' },
  {
    flags: '--cron <expression>',
    description: 'when, in any dialect: "0 2 * * *", "rate(5 minutes)", "cron(0 2 ? * MON-FRI *)"',
  },
  ...timesOptions,
  { flags: '--param <name=value>', description: 'a parameter of the job (may be repeated)', many: true },
  { flags: '--params-file <file>', description: 'parameters as YAML or JSON' },
  {
    flags: '--overlap <policy>',
    description: `while the run before goes on: ${overlapPolicies.join(', ')} (default skip)`,
  },
  {
    flags: '--catch-up <deadline>',
    description: 'catch up the last due time that was missed, if it is not older, such as 2h',
  },
  { flags: '--jitter <duration>', description: 'spread starts over so long after the due time' },
  { flags: '--tag <name=value>', description: 'a tag of the schedule (may be repeated)', many: true },
  { flags: '--description <text>', description: 'what it is for' },
  { flags: '--disabled', description: 'store it paused' },
];
/** The values of those flags. */
export const scheduleFlagsSchema = timesFlagsSchema.extend({
  file: z.string().optional(),
  job: z.string().optional(),
  cron: z.string().optional(),
  param: texts,
  paramsFile: z.string().optional(),
  overlap: z.enum(overlapPolicies).optional(),
  catchUp: durationSchema.optional(),
  jitter: durationSchema.optional(),
  tag: texts,
  description: z.string().optional(),
  disabled: z.boolean().optional(),
});
export type ScheduleFlags = z.output<typeof scheduleFlagsSchema>;

const fileSchema = putScheduleRequestSchema.partial().extend({ name: z.string().optional() });

const readFile = async (host: Pick<CliHost, 'stdin'>, path: string): Promise<z.input<typeof fileSchema>> => {
  const { text, fileName } = await readInputFile(host, path);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new AppError('schedule.invalid', `${fileName}: ${messageOf(cause)}`, { cause });
  }
  const read = fileSchema.safeParse(value);
  if (read.success) return read.data;
  const places = read.error.issues.map(({ message, path: keys }) => ({
    message,
    path: keys.join('.'),
    file: fileName,
  }));
  throw new AppError('schedule.invalid', `${fileName} is not a schedule: ${z.prettifyError(read.error)}`, { places });
};

/** What is there, without what is undefined. */
const known = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } => {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) Object.assign(result, { [name]: value });
  }
  return result;
};

/** Calendars of files. */
export const readCalendars = async (
  host: Pick<CliHost, 'stdin' | 'now'>,
  { calendar, zone }: Pick<ScheduleFlags, 'calendar' | 'zone'>,
): Promise<NonNullable<PutScheduleRequestInput['calendars']> | undefined> =>
  calendar === undefined
    ? undefined
    : Promise.all(calendar.map((path) => readCalendar(host, path, { zone: zone ?? 'UTC', now: host.now() })));

/** What flags say beside job and expression. */
const readGiven = async (
  host: Pick<CliHost, 'stdin' | 'now'>,
  flags: ScheduleFlags,
  file: z.input<typeof fileSchema>,
) => {
  const { dialect, start, end, overlap, jitter, description, catchUp, disabled } = flags;
  const zone = flags.zone ?? file.zone;
  const hasParams = flags.param !== undefined || flags.paramsFile !== undefined;
  return known({
    ...{ dialect, zone, start, end, overlap, jitter, description },
    catchUp: catchUp === undefined ? undefined : { deadline: catchUp },
    enabled: disabled === true ? false : undefined,
    params: hasParams ? { ...file.params, ...(await readParams(host, flags)) } : undefined,
    tags: flags.tag === undefined ? undefined : { ...file.tags, ...parseKeyValues(flags.tag, '--tag') },
    calendars: await readCalendars(host, { calendar: flags.calendar, zone }),
  });
};

/**
 * The name and request of a schedule, of a file and of flags, which override it.
 * @throws AppError `usage.invalid`, `schedule.invalid`, `params.invalid`
 */
export const readScheduleRequest = async (
  host: Pick<CliHost, 'stdin' | 'now'>,
  flags: ScheduleFlags,
  named: string | undefined,
): Promise<{ readonly name: string; readonly request: PutScheduleRequestInput }> => {
  const { name: ownName, ...file } = flags.file === undefined ? {} : await readFile(host, flags.file);
  const name = named ?? ownName;
  const job = flags.job ?? file.job;
  const expression = flags.cron ?? file.expression;
  if (name === undefined) throw new AppError('usage.invalid', 'The schedule has no name');
  if (job === undefined || expression === undefined)
    throw new AppError('usage.invalid', `It is not said ${job === undefined ? 'which job' : 'when'}`, {
      hint: `Such as: drover schedule put ${name} --job ${job ?? 'JOB'} --cron '0 2 * * *' --zone Europe/Madrid`,
    });
  const given = await readGiven(host, flags, file);
  return { name, request: { ...file, ...given, job, expression } };
};
