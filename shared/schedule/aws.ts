import { asSet, dayNames, type FieldRule, invalid, months, numbered, readField, readItem } from './field.ts';
import type { AtForm, CronForm, RateForm } from './form.ts';
import { readDaysOfMonth, readDaysOfWeek, type WeekRule } from './special-days.ts';
import type { ReadForm } from './unix.ts';
import { instantOf } from './zone.ts';

const open = { openSteps: true } as const;

const fieldRules = {
  minute: { name: 'minute', min: 0, max: 59, ...open },
  hour: { name: 'hour', min: 0, max: 23, ...open },
  dayOfMonth: { name: 'day of the month', min: 1, max: 31, question: true, ...open },
  month: { name: 'month', min: 1, max: 12, names: months, ...open },
  year: { name: 'year', min: 1970, max: 2199, ...open },
} as const satisfies Record<string, FieldRule>;

/** 1 is Sunday. */
const weekField: FieldRule = {
  name: 'day of the week',
  min: 1,
  max: 7,
  names: numbered(dayNames, 1),
  question: true,
  ...open,
};

const toDay = (written: number): number => written - 1;

const week: WeekRule = {
  field: weekField,
  toDay,
  readDays: (item) => (item.toUpperCase() === 'L' ? [6] : asSet(readItem(item, weekField).map(toDay))),
};

const readCron = (inner: string, zone: string): ReadForm<CronForm> => {
  const fields = inner.trim().split(/[ \t]+/);
  if (fields.length !== 6)
    throw invalid(
      `A cron expression of AWS has six fields, not ${fields.length}`,
      'Minute, hour, day of the month, month, day of the week, year: cron(0 2 * * ? *).',
    );
  const [minute = '', hour = '', dom = '', month = '', dow = '', year = ''] = fields;
  if ((dom === '?') === (dow === '?'))
    throw invalid(
      'A cron expression of AWS has ? for exactly one of day of the month and day of the week',
      'Such as cron(0 2 * * ? *) or cron(0 2 ? * MON-FRI *).',
    );
  if (/LW/i.test(dom)) throw invalid('AWS does not document LW', 'Write L for the last day, or nW such as 15W.');
  const daysOfWeek = readDaysOfWeek(dow, week);
  if (dow.includes('#') && dow.includes(','))
    throw invalid('AWS takes only one day with # in the day of the week', 'Make a schedule for each.');
  const form: CronForm = {
    kind: 'cron',
    seconds: [0],
    minutes: readField(minute, fieldRules.minute),
    hours: readField(hour, fieldRules.hour),
    daysOfMonth: readDaysOfMonth(dom, fieldRules.dayOfMonth),
    months: readField(month, fieldRules.month),
    daysOfWeek,
    years: year === '*' ? undefined : readField(year, fieldRules.year),
    combine: 'and',
    gap: 'skip',
    fold: 'first',
    zone,
  };
  return { form, doubts: [] };
};

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const maxExpression = 256;

/**
 * An expression of EventBridge Scheduler: `cron(...)`, `rate(5 minutes)`, `at(2027-06-06T13:15:00)`. A local time that does not exist is
 * skipped, one that comes twice fires the first time. `anchorMs`: when a rate begins to count.
 * @throws AppError `schedule.invalid`
 */
export const readAws = (expression: string, zone: string, anchorMs: number): ReadForm<CronForm | RateForm | AtForm> => {
  const text = expression.trim();
  if (text.length > maxExpression) throw invalid(`The expression has more than ${maxExpression} characters`);
  const [, word, inner = ''] = /^(cron|rate|at)\((.*)\)$/.exec(text) ?? [];
  if (word === 'cron') return readCron(inner, zone);
  if (word === 'rate') return readRate(inner, anchorMs);
  if (word === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner))
    return { form: { kind: 'at', atMs: instantOf(inner, zone), zone }, doubts: [] };
  throw invalid(
    `'${text}' is not an expression of EventBridge Scheduler`,
    'Such as cron(0 2 * * ? *), rate(5 minutes) or at(2027-06-06T13:15:00).',
  );
};

const readRate = (inner: string, anchorMs: number): ReadForm<RateForm> => {
  const [, count, unit = ''] = /^\s*(\d{1,6})\s+(minute|hour|day)s?\s*$/.exec(inner) ?? [];
  const everyMs = Number(count ?? 0) * (unitMs[unit] ?? 0);
  if (everyMs === 0)
    throw invalid(`'rate(${inner})' is not a rate`, 'Such as rate(5 minutes), rate(1 hour), rate(1 day).');
  return { form: { kind: 'rate', everyMs, firstMs: anchorMs + everyMs, zone: 'UTC' }, doubts: [] };
};
