import { invalid } from './field.ts';

/** How often a recurring event comes, in whole days or longer. */
const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;
type Frequency = (typeof frequencies)[number];

/** Days of the week from 0 for Monday, as RFC 5545 names them. */
const weekdays: readonly string[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

interface RuleDay {
  readonly weekday: number;
  /** Which one of the month or year, from the end when negative; absent: each. */
  readonly nth?: number;
}

/** A recurrence rule (RFC 5545, 3.3.10) on days. Days are counted from 1970-01-01. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly months: readonly number[];
  readonly weeks: readonly number[];
  readonly daysOfYear: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly days: readonly RuleDay[];
  readonly positions: readonly number[];
  /** Weekday that weeks begin with. */
  readonly weekStart: number;
}

const dayMs = 86_400_000;

/** The day of a date `2027-12-25…`, counted from 1970-01-01. */
export const dayOf = (local: string): number => Math.floor(Date.parse(`${local.slice(0, 10)}T00:00:00Z`) / dayMs);

/** The date of a day: `2027-12-25`. */
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const wrong = (rule: string, why: string) =>
  invalid(
    `'${rule}': ${why}`,
    'Events may recur by year, month, week or day, as RFC 5545 has it; write others out one by one.',
  );

const numbersOf = (rule: string, text: string | undefined, most: number): readonly number[] => {
  if (text === undefined) return [];
  return text.split(',').map((item) => {
    const number = /^[+-]?\d{1,3}$/.test(item) ? Number(item) : 0;
    if (number === 0 || Math.abs(number) > most) throw wrong(rule, `'${item}' is not a number up to ${most}`);
    return number;
  });
};

const daysOf = (rule: string, text: string | undefined): readonly RuleDay[] =>
  (text?.split(',') ?? []).map((item) => {
    const [, nth, name] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? [];
    const weekday = weekdays.indexOf(name ?? '');
    if (weekday < 0 || (nth !== undefined && (Number(nth) === 0 || Math.abs(Number(nth)) > 53)))
      throw wrong(rule, `'${item}' is not a day of the week`);
    return nth === undefined ? { weekday } : { weekday, nth: Number(nth) };
  });

const known = new Set([
  ...['FREQ', 'INTERVAL', 'BYMONTH', 'BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS', 'WKST'],
]);

const partsOf = (rule: string): ReadonlyMap<string, string> => {
  const parts = new Map<string, string>();
  for (const part of rule.toUpperCase().split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=(.+)$/.exec(part) ?? [];
    if (!known.has(name)) throw wrong(rule, `'${part}' is not understood`);
    parts.set(name, value);
  }
  return parts;
};

const checkCombination = (text: string, { frequency, weeks, days, daysOfYear, positions }: RecurrenceRule): void => {
  const hasNth = days.some(({ nth }) => nth !== undefined);
  if (hasNth && (frequency === 'WEEKLY' || frequency === 'DAILY')) throw wrong(text, 'a week has each day once');
  if ((weeks.length > 0 || daysOfYear.length > 0) && frequency !== 'YEARLY')
    throw wrong(text, 'BYWEEKNO and BYYEARDAY go with FREQ=YEARLY');
  if (weeks.length > 0 && (positions.length > 0 || hasNth))
    throw wrong(text, 'BYWEEKNO does not go with BYSETPOS or numbered days');
};

/**
 * Reads a rule such as `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. Its end (UNTIL, COUNT) is no part of it.
 * @throws AppError `schedule.invalid` for what is not understood, so that nothing is understood by half
 */
export const parseRecurrence = (text: string): RecurrenceRule => {
  const parts = partsOf(text);
  const frequency = frequencies.find((one) => one === parts.get('FREQ'));
  if (frequency === undefined) throw wrong(text, `FREQ is one of ${frequencies.join(', ')}`);
  const [interval = 1] = numbersOf(text, parts.get('INTERVAL'), 999);
  const weekStart = weekdays.indexOf(parts.get('WKST') ?? 'MO');
  if (interval < 1 || weekStart < 0) throw wrong(text, 'INTERVAL is above 0, and WKST a day of the week');
  const rule: RecurrenceRule = {
    ...{ frequency, interval, weekStart, days: daysOf(text, parts.get('BYDAY')) },
    months: numbersOf(text, parts.get('BYMONTH'), 12),
    weeks: numbersOf(text, parts.get('BYWEEKNO'), 53),
    daysOfYear: numbersOf(text, parts.get('BYYEARDAY'), 366),
    daysOfMonth: numbersOf(text, parts.get('BYMONTHDAY'), 31),
    positions: numbersOf(text, parts.get('BYSETPOS'), 366),
  };
  checkCombination(text, rule);
  return rule;
};

/** A day by the calendar. */
interface Civil {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
  /** First day and number of days of its month and year. */
  readonly monthSpan: Span;
  readonly yearSpan: Span;
}

interface Span {
  readonly first: number;
  readonly count: number;
}

const spanOf = (year: number, month: number, months: number): Span => {
  const first = Date.UTC(year, month, 1) / dayMs;
  return { first, count: Date.UTC(year, month + months, 1) / dayMs - first };
};

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

const civilOf = (day: number): Civil => {
  const at = new Date(day * dayMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return {
    ...{ year, month: month + 1, date: at.getUTCDate(), weekday: weekdayOf(day) },
    monthSpan: spanOf(year, month, 1),
    yearSpan: spanOf(year, 0, 12),
  };
};

/** First day of the week of a day. */
const weekOf = (day: number, weekStart: number): number => day - ((weekdayOf(day) - weekStart + 7) % 7);

/** First day of week 1 of a year: the first with four days or more in it. */
const firstWeekOf = (year: number, weekStart: number): number => weekOf(Date.UTC(year, 0, 4) / dayMs, weekStart);

/** The year that the week of a day belongs to, and its first week and the next year's. */
const weekYearOf = (day: number, weekStart: number) => {
  const { year } = civilOf(day);
  const week = weekOf(day, weekStart);
  const own = [year + 1, year, year - 1].find((one) => firstWeekOf(one, weekStart) <= week) ?? year;
  return { year: own, first: firstWeekOf(own, weekStart), next: firstWeekOf(own + 1, weekStart), week };
};

/** The period of a day, as a number that is one more for the next period, and its days. */
const periodOf = ({ frequency, weekStart, weeks }: RecurrenceRule, day: number): { index: number; span: Span } => {
  if (frequency === 'DAILY') return { index: day, span: { first: day, count: 1 } };
  const week = weekOf(day, weekStart);
  if (frequency === 'WEEKLY')
    return { index: Math.round((week - weekOf(0, weekStart)) / 7), span: { first: week, count: 7 } };
  const { year, month, monthSpan, yearSpan } = civilOf(day);
  if (frequency === 'MONTHLY') return { index: year * 12 + month, span: monthSpan };
  return { index: weeks.length > 0 ? weekYearOf(day, weekStart).year : year, span: yearSpan };
};

/** True when the list names the n-th of so many, counted from 1, or from the end when negative; an empty one names all. */
const names = (list: readonly number[], index: number, count: number): boolean =>
  list.length === 0 || list.includes(index) || list.includes(index - count - 1);

/** The rule with what the first day says where the rule says nothing about days. */
const filledIn = (rule: RecurrenceRule, start: number): RecurrenceRule => {
  const { frequency, months, weeks, daysOfYear, daysOfMonth, days } = rule;
  if (days.length + daysOfMonth.length + daysOfYear.length > 0 || frequency === 'DAILY') return rule;
  const { month, date, weekday } = civilOf(start);
  if (frequency === 'WEEKLY' || weeks.length > 0) return { ...rule, days: [{ weekday }] };
  const own = frequency === 'YEARLY' && months.length === 0 ? [month] : months;
  return { ...rule, months: own, daysOfMonth: [date] };
};

const isNamedDay = (rule: RecurrenceRule, day: number, civil: Civil): boolean => {
  const { frequency, months, days } = rule;
  const isWithinMonth = frequency === 'MONTHLY' || months.length > 0;
  const { first, count } = isWithinMonth ? civil.monthSpan : civil.yearSpan;
  const nth = Math.floor((day - first) / 7) + 1;
  const fromEnd = -(Math.floor((first + count - 1 - day) / 7) + 1);
  return (
    days.length === 0 ||
    days.some(
      (one) => one.weekday === civil.weekday && (one.nth === undefined || one.nth === nth || one.nth === fromEnd),
    )
  );
};

const isOfWeeks = ({ weeks, weekStart }: RecurrenceRule, day: number): boolean => {
  if (weeks.length === 0) return true;
  const { first, next, week } = weekYearOf(day, weekStart);
  return names(weeks, (week - first) / 7 + 1, (next - first) / 7);
};

/** Whether all parts of the rule but its interval and positions name a day. */
const isFit = (rule: RecurrenceRule, day: number): boolean => {
  const civil = civilOf(day);
  const { month, date, monthSpan, yearSpan } = civil;
  return (
    names(rule.months, month, 12) &&
    names(rule.daysOfMonth, date, monthSpan.count) &&
    names(rule.daysOfYear, day - yearSpan.first + 1, yearSpan.count) &&
    isOfWeeks(rule, day) &&
    isNamedDay(rule, day, civil)
  );
};

const isAtPosition = (rule: RecurrenceRule, day: number, { first, count }: Span): boolean => {
  if (rule.positions.length === 0) return true;
  const fit = Array.from({ length: count }, (_, index) => first + index).filter((one) => isFit(rule, one));
  return names(rule.positions, fit.indexOf(day) + 1, fit.length);
};

/** Whether an event that comes on `start` for the first time comes on a day. Its first day is one of them, whatever the rule says (RFC 5545, 3.8.5.3). */
export const comesOn = (rule: RecurrenceRule, start: number, day: number): boolean => {
  if (day <= start) return day === start;
  const filled = filledIn(rule, start);
  const { index, span } = periodOf(filled, day);
  if ((index - periodOf(filled, start).index) % filled.interval !== 0) return false;
  return isFit(filled, day) && isAtPosition(filled, day, span);
};
