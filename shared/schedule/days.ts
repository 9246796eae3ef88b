import type { CronForm, DaysOfMonth, DaysOfWeek } from './form.ts';

/** A day as the rules look at it. */
interface Day {
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** Day of the month that is nearest to `wanted` among Monday to Friday; undefined when the month has no such day. */
const nearestWeekday = (wanted: number, { day, weekday, daysInMonth }: Day): number | undefined => {
  if (wanted > daysInMonth) return undefined;
  const its = (((weekday + wanted - day) % 7) + 7) % 7;
  if (its === 6) return wanted === 1 ? 3 : wanted - 1;
  if (its === 0) return wanted === daysInMonth ? wanted - 2 : wanted + 1;
  return wanted;
};

const isDayOfMonth = (rule: DaysOfMonth, at: Day): boolean =>
  rule.any ||
  rule.days.includes(at.day) ||
  (rule.last && at.day === at.daysInMonth) ||
  (rule.lastWeekday && nearestWeekday(at.daysInMonth, at) === at.day) ||
  rule.nearest.some((wanted) => nearestWeekday(wanted, at) === at.day);

const isDayOfWeek = (rule: DaysOfWeek, { day, weekday, daysInMonth }: Day): boolean =>
  rule.any ||
  rule.days.includes(weekday) ||
  (rule.last.includes(weekday) && day > daysInMonth - 7) ||
  rule.nth.some((one) => one.day === weekday && one.nth === Math.ceil(day / 7));

/** The days of a month, from 1, on which a rule fires. */
export const daysIn = (form: CronForm, year: number, month: number): readonly number[] => {
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const isEither = form.combine === 'or' && !form.daysOfMonth.any && !form.daysOfWeek.any;
  return Array.from({ length: daysInMonth }, (_, index) => index + 1).filter((day) => {
    const at = { day, weekday: (firstWeekday + day - 1) % 7, daysInMonth };
    const [byMonth, byWeek] = [isDayOfMonth(form.daysOfMonth, at), isDayOfWeek(form.daysOfWeek, at)];
    return isEither ? byMonth || byWeek : byMonth && byWeek;
  });
};
