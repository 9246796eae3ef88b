import { AppError } from '../errors/app-error.ts';

/** How one field of an expression is written. */
export interface FieldRule {
  /** For messages: `hour`. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
  /** True where `a/n` means "from a on". */
  readonly openSteps?: boolean;
  /** True where `?` is written for "any". */
  readonly question?: boolean;
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** Three letters of the days of the week, from Sunday. */
export const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

/** Names with their numbers, the first being `from`. */
export const numbered = (names: readonly string[], from: number): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name, index) => [name, index + from]));

/** Months by name. */
export const months = numbered(monthNames, 1);

/** Numbers from `from` to `to`, by steps. */
export const span = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: to < from ? 0 : Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** Numbers in order, each once. */
export const asSet = (values: Iterable<number>): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

/** The error of an expression that cannot be read. */
export const invalid = (message: string, hint?: string): AppError =>
  new AppError('schedule.invalid', message, hint === undefined ? {} : { hint });

/**
 * A number or name of a field.
 * @throws AppError `schedule.invalid` when it is neither, or out of bounds
 */
export const readValue = (text: string, { name, min, max, names = {} }: FieldRule): number => {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : names[text.toUpperCase()];
  if (value === undefined) throw invalid(`'${text}' is not a ${name}`, `It takes ${min} to ${max}${namesHint(names)}.`);
  if (value < min || value > max) throw invalid(`The ${name} ${text} is not in ${min} to ${max}`);
  return value;
};

const namesHint = (names: Readonly<Record<string, number>>): string => {
  const [first] = Object.keys(names);
  return first === undefined ? '' : `, or names such as ${first}`;
};

const readStep = (text: string | undefined, { name, max }: FieldRule): number => {
  const step = text === undefined ? 1 : Number(text);
  if (step < 1 || step > max) throw invalid(`The step /${text} of the ${name} is not in 1 to ${max}`);
  return step;
};

const itemPattern = /^(?<from>\*|\?|\w+)(-(?<to>\w+))?(\/(?<step>\d{1,4}))?$/;

/** The ends of one part of a list; `to` before `from` when it was written so. */
const readEnds = (item: string, rule: FieldRule): { from: number; to: number; step: number } => {
  const parts = itemPattern.exec(item)?.groups;
  const { from = '', to, step } = parts ?? {};
  if (parts === undefined || ((from === '*' || from === '?') && to !== undefined))
    throw invalid(`'${item}' is not a ${rule.name}`, 'Write a number, a list 1,5, a range 1-5 or a step */5.');
  if (from === '?' && rule.question !== true) throw invalid(`'?' cannot be written for the ${rule.name}`, 'Write *.');
  const every = readStep(step, rule);
  if (from === '*' || from === '?') return { from: rule.min, to: rule.max, step: every };
  const first = readValue(from, rule);
  if (to !== undefined) return { from: first, to: readValue(to, rule), step: every };
  if (step === undefined) return { from: first, to: first, step: 1 };
  if (rule.openSteps !== true)
    throw invalid(`'${item}': a step needs a range or *`, `Write ${from}-${rule.max}/${step} for "from ${from} on".`);
  return { from: first, to: rule.max, step: every };
};

/**
 * One part of a list.
 * @throws AppError `schedule.invalid`, also for a range that ends before it begins
 */
export const readItem = (item: string, rule: FieldRule): readonly number[] => {
  const { from, to, step } = readEnds(item, rule);
  if (to < from)
    throw invalid(
      `The range ${item} of the ${rule.name} ends before it begins`,
      `Write it as two: ${item.split(/[-/]/)[0]}-${rule.max},${rule.min}-${to}.`,
    );
  return span(from, to, step);
};

/**
 * A field without special words.
 * @throws AppError `schedule.invalid`
 */
export const readField = (text: string, rule: FieldRule): readonly number[] =>
  asSet(text.split(',').flatMap((item) => readItem(item, rule)));
