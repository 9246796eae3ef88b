import { isAppError } from '../../errors/app-error.ts';
import type { Dialect } from '../../model/schedule.ts';
import { readExpression } from '../../schedule/read-expression.ts';
import { readZone } from '../../schedule/zone.ts';

/** How a crontab is to be read. */
export interface CrontabLook {
  /** Zone of its machine. */
  readonly zone: string;
  /** True for a crontab with a user before each command, as /etc/crontab has; told by its comments when absent. */
  readonly system?: boolean;
  readonly nowMs: number;
}

/** What one line runs. */
export type CrontabWork =
  | {
      readonly kind: 'command';
      readonly command: string;
      /** What the command reads: what stands after the first `%`. */
      readonly input?: string;
      readonly user?: string;
      /** `NAME=value` lines before it. */
      readonly environment: Readonly<Record<string, string>>;
    }
  /** A script by the SHA-1 of its source. */
  | { readonly kind: 'script'; readonly scriptId: string };

/** A line that says when something is run. */
export interface CrontabEntry {
  /** From 1. */
  readonly line: number;
  readonly expression: string;
  readonly dialect: Dialect;
  readonly zone: string;
  readonly work: CrontabWork;
}

/** A line that is not taken over. */
export interface RefusedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A crontab as it was read. */
export interface Crontab {
  readonly entries: readonly CrontabEntry[];
  readonly refused: readonly RefusedLine[];
  /** What is different from there, for people. */
  readonly notes: readonly string[];
}

const settingPattern = /^\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z_]\w*))\s*=\s*(.*?)\s*$/;
const quoted = /^(["'])(.*)\1$/;

/** `NAME=value`, with or without quotes. */
const readSetting = (text: string): readonly [string, string] | undefined => {
  const [, double, single, bare, value = ''] = settingPattern.exec(text) ?? [];
  const name = double ?? single ?? bare;
  return name === undefined ? undefined : [name, quoted.exec(value)?.[2] ?? value];
};

const scriptLine = /^((?:\S+[ \t]+){4,5}\S+)[ \t]+([0-9a-f]{40})[ \t]*(?:#.*)?$/i;
const commandLine = /^(@\w+|(?:\S+[ \t]+){4}\S+)[ \t]+(.+)$/;
const userHeader = /^#.*\buser(?:-?name)?\b/i;

/** In a crontab an unescaped `%` ends the command; what follows is its input, with `%` for line feeds. */
const splitInput = (text: string): { readonly command: string; readonly input?: string } => {
  const [command = '', ...input] = text.split(/(?<!\\)%/).map((part) => part.replaceAll('\\%', '%'));
  return input.length === 0 ? { command } : { command, input: `${input.join('\n')}\n` };
};

interface Reading {
  readonly isSystem: boolean;
  readonly environment: Record<string, string>;
  zone: string;
}

const readWork = (rest: string, { isSystem, environment }: Reading): CrontabWork | string => {
  const [, user, own] = isSystem ? (/^(\S+)[ \t]+(.+)$/.exec(rest) ?? []) : [];
  if (isSystem && own === undefined) return 'there is no command after the user';
  const user1 = user === undefined ? {} : { user };
  return { kind: 'command', ...splitInput(own ?? rest), ...user1, environment: { ...environment } };
};

const checked = (entry: CrontabEntry, nowMs: number): CrontabEntry | string => {
  try {
    readExpression({ ...entry, anchorMs: nowMs }, nowMs);
    return entry;
  } catch (error) {
    if (!isAppError(error, 'schedule.')) throw error;
    return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  }
};

const readEntry = (text: string, line: number, reading: Reading, nowMs: number): CrontabEntry | string => {
  const [, scriptFields, scriptId] = scriptLine.exec(text) ?? [];
  if (scriptFields !== undefined && scriptId !== undefined) {
    const work = { kind: 'script', scriptId: scriptId.toLowerCase() } as const;
    const expression = scriptFields.replaceAll(/[ \t]+/g, ' ');
    return checked({ line, expression, dialect: 'crontab', zone: reading.zone, work }, nowMs);
  }
  const [, fields, rest] = commandLine.exec(text) ?? [];
  if (fields === undefined || rest === undefined)
    return 'it is neither a setting NAME=value nor five fields and a command';
  const work = readWork(rest.trim(), reading);
  if (typeof work === 'string') return work;
  const expression = fields.replaceAll(/[ \t]+/g, ' ');
  return checked({ line, expression, dialect: 'unix', zone: reading.zone, work }, nowMs);
};

/** A setting takes effect for the lines after it. */
const takeSetting = ([name, value]: readonly [string, string], reading: Reading): string | undefined => {
  if (name === 'CRON_TZ') {
    reading.zone = readZone(value);
    return undefined;
  }
  if (name === 'MAILTO')
    return value === '' ? undefined : `MAILTO=${value}: Drover sends no mail; output is kept with each run`;
  reading.environment[name] = value;
  return undefined;
};

/**
 * Reads a crontab: of a user, of the system (with a user before each command), or one whose lines end in the id of a script and may have a year.
 * Nothing is dropped: what cannot be taken over is refused with its line and the reason.
 * @throws AppError `schedule.invalid` for a CRON_TZ that is no zone
 */
export const readCrontab = (text: string, { zone, system, nowMs }: CrontabLook): Crontab => {
  const lines = text.split(/\r?\n/);
  const isSystem = system ?? lines.some((line) => userHeader.test(line.trim()));
  const reading: Reading = { isSystem, environment: {}, zone: readZone(zone) };
  const [entries, refused, notes]: [CrontabEntry[], RefusedLine[], string[]] = [[], [], []];
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const setting = readSetting(line);
    if (setting !== undefined) {
      const note = takeSetting(setting, reading);
      if (note !== undefined) notes.push(`line ${index + 1}: ${note}`);
      continue;
    }
    const entry = readEntry(line, index + 1, reading, nowMs);
    if (typeof entry === 'string') refused.push({ line: index + 1, text: line, reason: entry });
    else entries.push(entry);
  }
  return { entries, refused, notes };
};
