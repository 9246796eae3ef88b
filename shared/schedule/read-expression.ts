import { readAliyun } from './aliyun.ts';
import { readAws } from './aws.ts';
import { invalid } from './field.ts';
import { nextDue } from './firings.ts';
import type { Dialect, ScheduleForm } from './form.ts';
import { type ReadForm, readCrontab, readUnix } from './unix.ts';
import { localText, readZone } from './zone.ts';

/** An expression as somebody wrote it. */
export interface Expression {
  readonly expression: string;
  /** Absent: told by its looks, where they leave no doubt. */
  readonly dialect?: Dialect | undefined;
  /** Absent: the zone that the expression names, else UTC. */
  readonly zone?: string | undefined;
  /** When a rate begins to count, milliseconds since the epoch: it fires for the first time that much later. */
  readonly anchorMs: number;
}

/** An expression that was understood. */
export interface UnderstoodExpression {
  readonly dialect: Dialect;
  readonly form: ScheduleForm;
}

const isSecondsRate = (text: string): boolean => /^rate\(\s*\d+\s*[smhd]\s*\)$/.test(text);
const isSpacedAt = (text: string): boolean => /^at\(\d{4}-\d\d-\d\d \d/.test(text) || /^at\(.* \S+\)$/.test(text);

/**
 * The dialect that an expression is written in, by its looks.
 * @throws AppError `schedule.invalid` where it could be two
 */
export const dialectOf = (expression: string): Dialect => {
  const text = expression.trim();
  if (isSecondsRate(text) || isSpacedAt(text)) return 'aliyun';
  if (/^(cron|rate|at)\(/.test(text)) return 'aws';
  const tokens = text.split(/[ \t]+/);
  if (tokens.length === 6 && /^\d{4}$/.test(tokens[5] ?? '')) return 'crontab';
  if (tokens.length === 6)
    throw invalid(
      'An expression with six fields can begin with seconds (aliyun) or end with a year (crontab)',
      'Say which: --dialect aliyun, or --dialect crontab.',
    );
  return tokens.length > 6 ? 'aliyun' : 'unix';
};

const readAs = (
  dialect: Dialect,
  { expression, anchorMs }: Expression,
  zone: string | undefined,
): ReadForm<ScheduleForm> => {
  if (dialect === 'aliyun') return readAliyun(expression, zone, anchorMs);
  if (dialect === 'aws') return readAws(expression, zone ?? 'UTC', anchorMs);
  return (dialect === 'unix' ? readUnix : readCrontab)(expression, zone ?? 'UTC');
};

/**
 * What an expression says, word for word, also where it is to be refused (`doubts`).
 * @throws AppError `schedule.invalid` when it cannot be read
 */
export const parseExpression = (given: Expression): UnderstoodExpression & ReadForm<ScheduleForm> => {
  const dialect = given.dialect ?? dialectOf(given.expression);
  return { dialect, ...readAs(dialect, given, given.zone === undefined ? undefined : readZone(given.zone)) };
};

const names: Readonly<Record<Dialect, string>> = {
  unix: 'crontab',
  crontab: 'a crontab with years',
  aliyun: 'Alibaba Cloud',
  aws: 'EventBridge Scheduler',
};

/** How far back the last due time of a rule that is over is looked for, in years. */
const yearsBack = 60;
const yearMs = 366 * 86_400_000;

const whenItWas = (form: ScheduleForm, nowMs: number): string => {
  if (form.kind === 'at') return `: its time was ${localText(form.atMs, form.zone)}`;
  const past = nextDue(form, nowMs - yearsBack * yearMs);
  return past === undefined ? ': no such date exists' : `: its time is over (${localText(past, form.zone)} was one)`;
};

/**
 * Understands an expression, or refuses it with the reason: one that cannot be read, that means two things, or that never fires.
 * @throws AppError `schedule.invalid`
 */
export const readExpression = (given: Expression, nowMs: number): UnderstoodExpression => {
  const { dialect, form, doubts } = parseExpression(given);
  const [doubt] = doubts;
  if (doubt !== undefined) throw invalid(`'${given.expression}', read as in ${names[dialect]}: ${doubt}`);
  if (nextDue(form, nowMs) === undefined)
    throw invalid(`'${given.expression}' never fires${whenItWas(form, nowMs)}`, 'Write a time that is still to come.');
  return { dialect, form };
};
