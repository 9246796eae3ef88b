import { AppError } from '../errors/app-error.ts';
import { durationSchema } from './job.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  S: 1000,
  M: 60_000,
  H: 3_600_000,
  D: 86_400_000,
};

/**
 * Milliseconds of a duration such as `30s`, `1h30m` or `PT10M`.
 * @throws AppError `job.invalid` when the text is not a duration.
 */
export const parseDurationMs = (text: string): number => {
  if (!durationSchema.safeParse(text).success)
    throw new AppError('job.invalid', `'${text}' is not a duration`, { hint: 'Write 30s, 10m, 1h30m or PT10M.' });
  let sum = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|[smhdSMHD])/g))
    sum += Number(digits) * (unitMs[unit ?? ''] ?? 0);
  return sum;
};

/** A duration as a person reads it: `850ms`, `4.2s`, `3m05s`, `2h10m`. */
export const formatDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  const totalSeconds = Math.round(ms / 1000);
  const [hours, minutes, seconds] = [
    Math.floor(totalSeconds / 3600),
    Math.floor(totalSeconds / 60) % 60,
    totalSeconds % 60,
  ];
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}h${two(minutes)}m` : `${minutes}m${two(seconds)}s`;
};
