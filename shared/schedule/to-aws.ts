import { AppError } from '../errors/app-error.ts';
import { readAws } from './aws.ts';
import { asSet, dayNames, span } from './field.ts';
import { type DueTime, dueTimes } from './firings.ts';
import type { CronForm, ScheduleForm } from './form.ts';
import { clockChanges } from './zone.ts';

/** An expression of EventBridge Scheduler, and the zone that goes with it. */
export interface AwsExpression {
  readonly expression: string;
  /** An IANA name. */
  readonly zone: string;
}

/**
 * Expressions that together fire at every due time of a rule. `exact`: and at no other. Where it is false, whoever is called has to look
 * whether the rule means that time; the same time from two expressions counts once in any case.
 */
export interface AwsExpressions {
  readonly expressions: readonly AwsExpression[];
  readonly exact: boolean;
}

/** How far ahead the changes of a zone's clocks are looked at: further than its rules are known. */
const yearsAhead = 10;
const yearMs = 366 * 86_400_000;
/** How many expressions one schedule may become. */
const maxExpressions = 8;
const aroundChangeMs = 50 * 3_600_000;

const refuse = (message: string, hint: string): AppError => new AppError('schedule.unsupported', message, { hint });

/** Numbers in the words of AWS: `*`, `0/15`, `9-17`, `1,15`. */
const numbers = (values: readonly number[], min: number, max: number): string => {
  const [first = min, second = first] = values;
  const step = second - first;
  if (values.length === max - min + 1) return '*';
  const isEven = values.every((value, index) => value === first + index * step);
  const last = values.at(-1) ?? first;
  if (values.length > 2 && isEven && step === 1) return `${first}-${last}`;
  if (values.length > 2 && isEven && last + step > max) return `${first}/${step}`;
  return values.join(',');
};

const weekdays = (days: readonly number[]): string => {
  const named = days.map((day) => dayNames[day] ?? '');
  const isRun = days.length > 2 && days.every((day, index) => day === (days[0] ?? 0) + index);
  // A range that holds Sunday reads differently from dialect to dialect, so it is never written as one.
  return isRun && days[0] !== 0 ? `${named[0]}-${named.at(-1)}` : named.join(',');
};

/** The two day fields, one pair for each expression that is needed. */
type DayFields = readonly [dayOfMonth: string, dayOfWeek: string];

const daysOfMonthFields = ({ daysOfMonth: { any, days, last, nearest } }: CronForm): readonly DayFields[] => {
  if (any) return [['*', '?']];
  return [
    ...(days.length === 0 ? [] : [[numbers(days, 1, 31), '?'] as const]),
    ...(last ? [['L', '?'] as const] : []),
    ...nearest.map((day) => [`${day}W`, '?'] as const),
  ];
};

const daysOfWeekFields = ({ daysOfWeek: { days, last, nth } }: CronForm): readonly DayFields[] => [
  ...(days.length === 0 ? [] : [['?', weekdays(days)] as const]),
  ...last.map((day) => ['?', `${day1(day)}L`] as const),
  ...nth.map((one) => ['?', `${day1(one.day)}#${one.nth}`] as const),
];

/** AWS counts days of the week from 1, Sunday. */
const day1 = (day: number): number => day + 1;

const dayFields = (form: CronForm): { readonly fields: readonly DayFields[]; readonly exact: boolean } => {
  const { daysOfMonth, daysOfWeek, combine } = form;
  if (daysOfWeek.any) return { fields: daysOfMonthFields(form), exact: true };
  if (daysOfMonth.any) return { fields: daysOfWeekFields(form), exact: true };
  if (combine === 'or') return { fields: [...daysOfMonthFields(form), ...daysOfWeekFields(form)], exact: true };
  // Both must hold, which one expression cannot say: it fires on the days of the week, and the rule says which of them count.
  return { fields: daysOfWeekFields(form), exact: false };
};

const awsZone = (zone: string): string => {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return zone;
  if (minutes !== '00')
    throw refuse(
      `EventBridge Scheduler has no zone for GMT${zone}`,
      'Write the name of a place with that time, such as Asia/Kolkata.',
    );
  // The signs of these names are turned round: Etc/GMT-8 is eight hours ahead.
  return Number(hours) === 0 ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
};

const cronText = (form: CronForm, [dayOfMonth, dayOfWeek]: DayFields): string =>
  `cron(${[
    numbers(form.minutes, 0, 59),
    numbers(form.hours, 0, 23),
    dayOfMonth,
    numbers(form.months, 1, 12),
    dayOfWeek,
    form.years === undefined ? '*' : numbers(form.years, 1970, 2199),
  ].join(' ')})`;

const dueBetween = (form: ScheduleForm, fromMs: number, toMs: number): readonly DueTime[] => [
  ...dueTimes(form, { afterMs: fromMs, untilMs: toMs }),
];

/** What expressions and rule differ in around the changes of the clocks. */
const differences = (form: CronForm, expressions: readonly AwsExpression[], nowMs: number) => {
  const read = expressions.map(({ expression, zone }) => readAws(expression, zone, 0).form);
  const [missing, extra] = [new Set<number>(), new Set<number>()];
  for (const change of clockChanges(form.zone, nowMs, nowMs + yearsAhead * yearMs)) {
    const [from, to] = [change - aroundChangeMs, change + aroundChangeMs];
    const wanted = new Set(dueBetween(form, from, to).map(({ atMs }) => atMs));
    const given = new Set(read.flatMap((one) => dueBetween(one, from, to)).map(({ atMs }) => atMs));
    for (const atMs of wanted) if (!given.has(atMs)) missing.add(atMs);
    for (const atMs of given) if (!wanted.has(atMs)) extra.add(atMs);
  }
  return { missing: [...missing], extra: extra.size };
};

/** An expression in UTC that fires at all of these times, and at more. */
const covering = (times: readonly number[]): AwsExpression => {
  const dates = times.map((atMs) => new Date(atMs));
  const set = (pick: (date: Date) => number, min: number, max: number) => numbers(asSet(dates.map(pick)), min, max);
  const fields = [
    set((date) => date.getUTCMinutes(), 0, 59),
    set((date) => date.getUTCHours(), 0, 23),
    '*',
    set((date) => date.getUTCMonth() + 1, 1, 12),
    '?',
    '*',
  ];
  return { expression: `cron(${fields.join(' ')})`, zone: 'UTC' };
};

/** Every hour of every day is the same in each zone that is whole hours from UTC, also when its clocks change. */
const inUtc = (form: CronForm, nowMs: number): CronForm | undefined => {
  const isDaily = form.daysOfMonth.any && form.daysOfWeek.any && form.months.length === 12 && form.years === undefined;
  if (!isDaily || form.hours.length !== 24 || form.fold !== 'both' || form.zone === 'UTC') return undefined;
  const utc: CronForm = { ...form, zone: 'UTC', hours: span(0, 23) };
  const changes = clockChanges(form.zone, nowMs, nowMs + yearsAhead * yearMs);
  const isSame = [nowMs, ...changes].every((at) => {
    const [from, to] = [at - aroundChangeMs, at + aroundChangeMs];
    const [one, other] = [dueBetween(form, from, to), dueBetween(utc, from, to)];
    return one.length === other.length && one.every(({ atMs }, index) => atMs === other[index]?.atMs);
  });
  return isSame ? utc : undefined;
};

const cronToAws = (given: CronForm, nowMs: number): AwsExpressions => {
  if (given.seconds.length !== 1 || given.seconds[0] !== 0)
    throw refuse('EventBridge Scheduler fires at whole minutes only', 'Write 0 for the seconds.');
  if (given.daysOfMonth.lastWeekday)
    throw refuse('EventBridge Scheduler has no LW', 'Write L for the last day of the month, or nW such as 15W.');
  const form = inUtc(given, nowMs) ?? given;
  const { fields, exact } = dayFields(form);
  const zone = awsZone(form.zone);
  const expressions = fields.map((days) => ({ expression: cronText(form, days), zone }));
  const { missing, extra } = differences(form, expressions, nowMs);
  const all = missing.length === 0 ? expressions : [...expressions, covering(missing)];
  if (all.length > maxExpressions || all.some(({ expression }) => expression.length > 256))
    throw refuse('The rule is too long for EventBridge Scheduler', 'Make several schedules of it.');
  return { expressions: all, exact: exact && missing.length === 0 && extra === 0 };
};

const rateText = (everyMs: number): string => {
  const minutes = everyMs / 60_000;
  if (minutes < 1 || !Number.isInteger(minutes))
    throw refuse('EventBridge Scheduler knows rates of whole minutes only', 'Such as rate(1 minute).');
  return minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
};

/**
 * The expressions of EventBridge Scheduler for a rule. Days of either kind become two expressions. What they miss when clocks change, which AWS
 * answers in one way and crontabs in another, a further expression covers. `nowMs`: from when on the clocks of the zone are looked at.
 * @throws AppError `schedule.unsupported` with the reason, for what AWS cannot do
 */
export const toAws = (form: ScheduleForm, nowMs: number): AwsExpressions => {
  if (form.kind === 'cron') return cronToAws(form, nowMs);
  if (form.kind === 'rate') return { expressions: [{ expression: rateText(form.everyMs), zone: 'UTC' }], exact: true };
  const at = new Date(form.atMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return { expressions: [{ expression: `at(${at})`, zone: 'UTC' }], exact: true };
};
