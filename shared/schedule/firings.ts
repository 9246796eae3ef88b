import { daysIn } from './days.ts';
import type { AtForm, CronForm, RateForm, ScheduleForm } from './form.ts';
import { monthIn, zoneDay } from './zone.ts';

/**
 * What the clocks have to do with a due time. `afterGap`: its local time does not exist that day, so it fires right after the change. `first`,
 * `second`: its local time comes twice. `skipped`: no due time at all, but a local time that does not exist, shown so that nobody wonders.
 */
export type ClockMark = 'afterGap' | 'first' | 'second' | 'skipped';

/** A due time. */
export interface DueTime {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly mark?: ClockMark;
}

/** What of a rule is wanted. */
export interface DueQuery {
  /** Exclusive, milliseconds since the epoch. */
  readonly afterMs: number;
  /** Inclusive. */
  readonly untilMs?: number;
  /** True: local times that do not exist are listed too, with their mark. */
  readonly withSkipped?: true;
}

/** Years without a due time after which there is none; 29 February can be eight years away. */
const yearsToLook = 9;
const lastYear = 2199;
const secondMs = 1000;

/** Local times of a day as milliseconds since its midnight. */
const timesOf = ({ hours, minutes, seconds }: CronForm): readonly number[] =>
  hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => ((hour * 60 + minute) * 60 + second) * secondMs)),
  );

/** One local time on a day on which the clocks change. */
const dueAround = (
  form: CronForm,
  localMs: number,
  offsetMs: number,
  change: { readonly atMs: number; readonly offsetMs: number },
): readonly DueTime[] => {
  const [early, late] = [localMs - offsetMs, localMs - change.offsetMs];
  const [isEarly, isLate] = [early < change.atMs, late >= change.atMs];
  if (isEarly && isLate)
    return form.fold === 'first'
      ? [{ atMs: early, mark: 'first' }]
      : [
          { atMs: early, mark: 'first' },
          { atMs: late, mark: 'second' },
        ];
  if (isEarly) return [{ atMs: early }];
  if (isLate) return [{ atMs: late }];
  return [{ atMs: change.atMs, mark: form.gap === 'after' ? 'afterGap' : 'skipped' }];
};

/** One entry for each instant: a due time before a mark, and of two marks the first. */
const onePerInstant = (dues: readonly DueTime[]): readonly DueTime[] => {
  const found = new Map<number, DueTime>();
  for (const due of dues) {
    const other = found.get(due.atMs);
    if (other === undefined || (other.mark === 'skipped' && due.mark !== 'skipped')) found.set(due.atMs, due);
  }
  return [...found.values()].sort((a, b) => a.atMs - b.atMs);
};

interface DayPlace {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const dueOnDay = (form: CronForm, times: readonly number[], { year, month, day }: DayPlace): readonly DueTime[] => {
  const midnight = Date.UTC(year, month - 1, day);
  const { offsetMs, change } = zoneDay(form.zone, year, month, day);
  if (change === undefined) return times.map((time) => ({ atMs: midnight + time - offsetMs }));
  return onePerInstant(times.flatMap((time) => dueAround(form, midnight + time, offsetMs, change)));
};

const yearsFrom = ({ years }: CronForm, first: number): Iterable<number> =>
  years === undefined
    ? Array.from({ length: lastYear - first + 1 }, (_, index) => first + index)
    : years.filter((year) => year >= first);

/** The days on which a rule may fire, from the first on, for the years of one horizon. */
function* daysFrom(form: CronForm, first: DayPlace, foundYear: () => number): Generator<DayPlace> {
  for (const year of yearsFrom(form, first.year)) {
    if (form.years === undefined && year > foundYear() + yearsToLook) return;
    for (const month of form.months)
      for (const day of daysIn(form, year, month))
        if (isNotBefore({ year, month, day }, first)) yield { year, month, day };
  }
}

const isNotBefore = (one: DayPlace, other: DayPlace): boolean =>
  Date.UTC(one.year, one.month - 1, one.day) >= Date.UTC(other.year, other.month - 1, other.day);

const dayMs = 86_400_000;

function* dueByCalendar(form: CronForm, { afterMs, untilMs = Infinity, withSkipped }: DueQuery): Generator<DueTime> {
  // A day earlier: the due time of a day can lie after the end of its date elsewhere, never before its beginning.
  const first = monthIn(afterMs - dayMs, form.zone);
  const times = timesOf(form);
  let found = first.year;
  for (const place of daysFrom(form, first, () => found)) {
    if (Date.UTC(place.year, place.month - 1, place.day) > untilMs + 2 * dayMs) return;
    const dues = dueOnDay(form, times, place).filter(({ mark }) => withSkipped === true || mark !== 'skipped');
    for (const due of dues) {
      if (due.atMs > untilMs) return;
      if (due.mark !== 'skipped') found = place.year;
      if (due.atMs > afterMs) yield due;
    }
  }
}

function* dueByRate({ everyMs, firstMs }: RateForm, { afterMs, untilMs }: DueQuery): Generator<DueTime> {
  const steps = Math.max(0, Math.floor((afterMs - firstMs) / everyMs) + 1);
  for (let atMs = firstMs + steps * everyMs; untilMs === undefined || atMs <= untilMs; atMs += everyMs) yield { atMs };
}

function* dueOnce({ atMs }: AtForm, { afterMs, untilMs }: DueQuery): Generator<DueTime> {
  if (atMs > afterMs && (untilMs === undefined || atMs <= untilMs)) yield { atMs };
}

/** The due times of a rule, in order, as far as they are asked for. There may be no end. */
export const dueTimes = (form: ScheduleForm, query: DueQuery): Generator<DueTime> => {
  if (form.kind === 'cron') return dueByCalendar(form, query);
  return form.kind === 'rate' ? dueByRate(form, query) : dueOnce(form, query);
};

/** The next due times, at most `count`. */
export const nextDueTimes = (form: ScheduleForm, query: DueQuery, count: number): readonly DueTime[] => {
  const found: DueTime[] = [];
  if (count < 1) return found;
  for (const due of dueTimes(form, query)) {
    found.push(due);
    if (found.length >= count) break;
  }
  return found;
};

/** The first due time after an instant; undefined when there is none any more. */
export const nextDue = (form: ScheduleForm, afterMs: number): number | undefined =>
  nextDueTimes(form, { afterMs }, 1)[0]?.atMs;
