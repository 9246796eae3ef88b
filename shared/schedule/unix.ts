import { asSet, dayNames, type FieldRule, invalid, months, numbered, readField } from './field.ts';
import type { CronForm } from './form.ts';

const openingYear = 1970;
const closingYear = 2199;

const fieldRules = {
  minute: { name: 'minute', min: 0, max: 59 },
  hour: { name: 'hour', min: 0, max: 23 },
  dayOfMonth: { name: 'day of the month', min: 1, max: 31 },
  month: { name: 'month', min: 1, max: 12, names: months },
  dayOfWeek: { name: 'day of the week', min: 0, max: 7, names: numbered(dayNames, 0) },
  year: { name: 'year', min: openingYear, max: closingYear },
} as const satisfies Record<string, FieldRule>;

const shorthands: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** An expression that was read, and what speaks against taking it. */
export interface ReadForm<F> {
  readonly form: F;
  /** Why it is to be refused although it can be read; empty when nothing speaks against it. */
  readonly doubts: readonly string[];
}

const fieldsOf = (expression: string): readonly string[] => {
  const text = expression.trim();
  if (!text.startsWith('@')) return text.split(/[ \t]+/);
  if (text === '@reboot')
    throw invalid('@reboot is no time: it means the start of a machine', 'Start the job from what starts the machine.');
  const full = shorthands[text.toLowerCase()];
  if (full === undefined) throw invalid(`There is no ${text}`, `There are ${Object.keys(shorthands).join(', ')}.`);
  return full.split(' ');
};

const startsWithStar = (field: string): boolean => field.startsWith('*');

/** The parts that both crontabs have. */
const readCommon = ([minute = '', hour = '', dom = '', month = '', dow = '']: readonly string[], zone: string) => ({
  kind: 'cron' as const,
  seconds: [0],
  minutes: readField(minute, fieldRules.minute),
  hours: readField(hour, fieldRules.hour),
  daysOfMonth: {
    any: dom === '*',
    days: readField(dom, fieldRules.dayOfMonth),
    last: false,
    lastWeekday: false,
    nearest: [],
  },
  months: readField(month, fieldRules.month),
  daysOfWeek: {
    any: dow === '*',
    days: asSet(readField(dow, fieldRules.dayOfWeek).map((day) => day % 7)),
    last: [],
    nth: [],
  },
  zone,
});

/**
 * A line of a crontab of Vixie cron, as Debian has it, without the command: five fields, or a word such as `@daily`. Where a day field begins
 * with `*` both must hold, else one of them; when the clocks change, jobs at fixed times run once, and those with `*` follow the clock.
 * @throws AppError `schedule.invalid`
 */
export const readUnix = (expression: string, zone: string): ReadForm<CronForm> => {
  const fields = fieldsOf(expression);
  if (fields.length !== 5)
    throw invalid(
      `A crontab expression has five fields, not ${fields.length}`,
      'Minute, hour, day of the month, month, day of the week: 30 2 * * 1-5.',
    );
  const [minute = '', hour = '', dom = '', , dow = ''] = fields;
  const followsClock = startsWithStar(minute) || startsWithStar(hour);
  const form: CronForm = {
    ...readCommon(fields, zone),
    years: undefined,
    combine: startsWithStar(dom) || startsWithStar(dow) ? 'and' : 'or',
    gap: followsClock ? 'skip' : 'after',
    fold: followsClock ? 'both' : 'first',
  };
  return { form, doubts: [] };
};

const sevenDoubt =
  'the day of the week 7 never comes there (Sunday is 0), so it is not clear what is meant: write 0 for Sunday';

/**
 * A line of a crontab with an optional sixth field, the year, without the command: all fields must hold, and nothing is special when the clocks
 * change. The origin knows numbers and `*` only; lists, ranges and steps are read as in any crontab.
 * @throws AppError `schedule.invalid`
 */
export const readCrontab = (expression: string, zone: string): ReadForm<CronForm> => {
  const fields = fieldsOf(expression);
  if (fields.length !== 5 && fields.length !== 6)
    throw invalid(
      `A crontab expression with a year has five or six fields, not ${fields.length}`,
      'Minute, hour, day of the month, month, day of the week, year: 59 23 31 12 * 2030.',
    );
  const common = readCommon(fields, zone);
  const [, , , , dow = '', year = '*'] = fields;
  const hasSeven = dow.split(/[,/-]/).includes('7');
  const days = hasSeven ? readField(dow, fieldRules.dayOfWeek).filter((day) => day !== 7) : common.daysOfWeek.days;
  const form: CronForm = {
    ...common,
    daysOfWeek: { ...common.daysOfWeek, days },
    years: year === '*' ? undefined : readField(year, fieldRules.year),
    combine: 'and',
    gap: 'skip',
    fold: 'both',
  };
  return { form, doubts: hasSeven ? [sevenDoubt] : [] };
};
