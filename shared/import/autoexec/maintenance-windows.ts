import type { JobInput } from '#shared/model/job.ts';
import { weekdays } from '#shared/model/operation.ts';

type OperationInput = JobInput['spec']['groups'][number]['phases'][number]['operations'][number];
type WindowInput = NonNullable<OperationInput['maintenanceWindow']>['windows'][number];

const time = String.raw`(?:[01]?\d|2[0-4]):[0-5]\d`;
const hours = new RegExp(`^(${time})-(${time})$`);
const padded = (text: string): string => text.padStart(5, '0');

const daysOf = (kind: string | undefined, day: string): WindowInput | undefined => {
  if (kind === undefined) return {};
  if (kind === 'weekday' && /^[1-7]$/.test(day)) return { days: [weekdays[Number(day) - 1] ?? 'mon'] };
  if (kind === 'monthday' && /^\d{2}-\d{2}$/.test(day)) return { monthDays: [day] };
  if (kind === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(day)) return { dates: [day] };
  return undefined;
};

const lineWindows = (line: string): readonly WindowInput[] | undefined => {
  const words = line.trim().split(/\s+/);
  const kind = /^(?:weekday|monthday|date)$/i.test(words[0] ?? '') ? words[0]?.toLowerCase() : undefined;
  const days = daysOf(kind, words[1] ?? '');
  const ranges = kind === undefined ? words : words.slice(2);
  if (days === undefined) return undefined;
  const windows = ranges.flatMap((range): WindowInput[] => {
    const [, from, to] = hours.exec(range) ?? [];
    return from === undefined || to === undefined ? [] : [{ ...days, from: padded(from), to: padded(to) }];
  });
  return windows.length === ranges.length && ranges.length > 0 ? windows : undefined;
};

/**
 * Windows of the old engine, one line each: `20:00-21:00 23:00-03:00`, `WeekDay 7 20:00-21:00` (1 is Monday), `MonthDay 02-28 …`,
 * `Date 2026-12-31 …`. Undefined when a line is something else.
 */
export const maintenanceWindows = (text: string): readonly WindowInput[] | undefined => {
  const lines = text.split(/\\n|\n|,/).filter((line) => line.trim() !== '');
  const read = lines.map(lineWindows);
  return read.every((one) => one !== undefined) && read.length > 0 ? read.flat() : undefined;
};
