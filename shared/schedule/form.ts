/**
 * The one form that every dialect is read into. A due time is an instant at which a schedule is to fire.
 * Days of the week count from 0 (Sunday) to 6.
 */

export { type Dialect, dialects } from '../model/schedule.ts';

/** Which days of a month. `any`: the field restricts nothing. */
export interface DaysOfMonth {
  readonly any: boolean;
  readonly days: readonly number[];
  /** The last day. */
  readonly last: boolean;
  /** The last day from Monday to Friday. */
  readonly lastWeekday: boolean;
  /** The day from Monday to Friday that is nearest to each of these, in the same month. */
  readonly nearest: readonly number[];
}

/** Which days of the week. `any`: the field restricts nothing. */
export interface DaysOfWeek {
  readonly any: boolean;
  readonly days: readonly number[];
  /** The last such day of the month. */
  readonly last: readonly number[];
  /** The first to fifth such day of the month. */
  readonly nth: readonly { readonly day: number; readonly nth: number }[];
}

/** What happens when the clocks of the zone are changed. */
export interface DstRule {
  /** A local time that does not exist: nothing, or once right after the change. */
  readonly gap: 'skip' | 'after';
  /** A local time that comes twice: the first time only, or both. */
  readonly fold: 'first' | 'both';
}

/** A calendar rule. All lists are sorted and without repeats. */
export interface CronForm extends DstRule {
  readonly kind: 'cron';
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: DaysOfMonth;
  readonly months: readonly number[];
  readonly daysOfWeek: DaysOfWeek;
  /** Undefined: every year. */
  readonly years: readonly number[] | undefined;
  /** How the two kinds of days go together where both restrict. */
  readonly combine: 'and' | 'or';
  /** An IANA name, or an offset such as `+08:00`. */
  readonly zone: string;
}

/** Every so many milliseconds, whatever the clocks do. */
export interface RateForm {
  readonly kind: 'rate';
  readonly everyMs: number;
  /** The first due time, milliseconds since the epoch. */
  readonly firstMs: number;
  readonly zone: string;
}

/** Once. */
export interface AtForm {
  readonly kind: 'at';
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly zone: string;
}

/** What an expression means. */
export type ScheduleForm = CronForm | RateForm | AtForm;
