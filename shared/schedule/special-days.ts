import { asSet, type FieldRule, invalid, readItem, readValue } from './field.ts';
import type { DaysOfMonth, DaysOfWeek } from './form.ts';

/** A part of a list with a special word, or undefined for an ordinary one. */
const nearestOf = (item: string, rule: FieldRule): number | undefined => {
  const [, day] = /^(\d{1,2})W$/i.exec(item) ?? [];
  return day === undefined ? undefined : readValue(day, rule);
};

/**
 * A field of days of the month with `L`, `LW` and `nW`.
 * @throws AppError `schedule.invalid`
 */
export const readDaysOfMonth = (text: string, rule: FieldRule): DaysOfMonth => {
  const items = text.split(',');
  const nearest = items.flatMap((item) => nearestOf(item, rule) ?? []);
  const plain = items.filter((item) => !/^(L|LW|\d{1,2}W)$/i.test(item));
  if (plain.some((item) => /^L-\d+$/i.test(item)))
    throw invalid(`'${text}': days before the last one cannot be written`, 'Write L for the last day of the month.');
  return {
    any: items.some((item) => item === '*' || item === '?'),
    days: asSet(plain.flatMap((item) => readItem(item, rule))),
    last: items.some((item) => item.toUpperCase() === 'L'),
    lastWeekday: items.some((item) => item.toUpperCase() === 'LW'),
    nearest: asSet(nearest),
  };
};

/** How days of the week are counted and read. */
export interface WeekRule {
  readonly field: FieldRule;
  /** The number of a day as written, from 0 for Sunday. */
  readonly toDay: (written: number) => number;
  /** Days of an ordinary part of the list. */
  readonly readDays: (item: string) => readonly number[];
}

const lastOf = (item: string, { field, toDay }: WeekRule): number | undefined => {
  const [, day] = /^(\w+)L$/i.exec(item) ?? [];
  return day === undefined ? undefined : toDay(readValue(day, field));
};

const nthOf = (item: string, { field, toDay }: WeekRule): DaysOfWeek['nth'][number] | undefined => {
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(item) ?? [];
  return day === undefined ? undefined : { day: toDay(readValue(day, field)), nth: Number(nth) };
};

/**
 * A field of days of the week with `nL` and `n#k`.
 * @throws AppError `schedule.invalid`
 */
export const readDaysOfWeek = (text: string, rule: WeekRule): DaysOfWeek => {
  const items = text.split(',');
  const last = items.flatMap((item) => lastOf(item, rule) ?? []);
  const nth = items.flatMap((item) => nthOf(item, rule) ?? []);
  const plain = items.filter((item) => !/^\w+L$/i.test(item) && !/^\w+#[1-5]$/.test(item));
  return {
    any: items.some((item) => item === '*' || item === '?'),
    days: asSet(plain.flatMap((item) => rule.readDays(item))),
    last: asSet(last),
    nth,
  };
};
