import { asSet, dayNames, type FieldRule, invalid, months, numbered, readField, readItem } from './field.ts';
import type { AtForm, CronForm, RateForm } from './form.ts';
import { readDaysOfMonth, readDaysOfWeek, type WeekRule } from './special-days.ts';
import type { ReadForm } from './unix.ts';
import { instantOf, readZone } from './zone.ts';

const open = { openSteps: true, question: true } as const;

const fieldRules = {
  second: { name: 'second', min: 0, max: 59, ...open },
  minute: { name: 'minute', min: 0, max: 59, ...open },
  hour: { name: 'hour', min: 0, max: 23, ...open },
  dayOfMonth: { name: 'day of the month', min: 1, max: 31, ...open },
  month: { name: 'month', min: 1, max: 12, names: months, ...open },
  year: { name: 'year', min: 1970, max: 2099, ...open },
} as const satisfies Record<string, FieldRule>;

/** 1 is Monday, 7 is Sunday; the agent takes 0 for Sunday too. */
const weekField: FieldRule = { name: 'day of the week', min: 0, max: 7, names: numbered(dayNames, 0), ...open };

/** What the agent makes of a part: it keeps 7 as 0, so that a range that ends there has no days at all. */
const daysOfPart = (item: string): readonly number[] => {
  if (/^[*?]/.test(item)) return readItem(item, { ...weekField, max: 6 });
  const [, , to] = /^(\w+)-(\w+)/.exec(item) ?? [];
  const endsOnSunday = to !== undefined && /^([07]|SUN)$/i.test(to);
  return endsOnSunday ? [] : asSet(readItem(item, weekField).map((day) => day % 7));
};

const week: WeekRule = { field: weekField, toDay: (written) => written % 7, readDays: daysOfPart };

const looksLikeZone = (token: string): boolean =>
  /[/]/.test(token) ? /[A-Za-z]{2}/.test(token) : /^(UTC|GMT)/.test(token);

const doubtsOf = (dom: string, dow: string, form: CronForm): readonly string[] => {
  const doubts: string[] = [];
  if (!form.daysOfMonth.any && !form.daysOfWeek.any)
    doubts.push(
      'both the day of the month and the day of the week are set, which its own manual forbids and its agent takes as "one of them": write ? for one of them',
    );
  if (dow.split(',').some((item) => /-([07]|SUN)(\/|$)/i.test(item)))
    doubts.push(
      `its agent never fires for '${dow}', a range that ends on Sunday: write the days as a list, FRI,SAT,SUN`,
    );
  if (dom.split(',').some((item) => /^LW$/i.test(item)) && dom.includes(','))
    doubts.push('LW in a list of days is not defined: write it alone');
  return doubts;
};

const noZone = (): Error =>
  invalid(
    'The expression names no time zone; there it would be that of each instance',
    'Add it to the expression, or give the zone of the schedule.',
  );

/**
 * A Frequency of Alibaba Cloud's Cloud Assistant: seconds first, then minute, hour, day of the month, month, day of the week, and maybe year
 * and zone. A local time that does not exist is skipped, one that comes twice fires once.
 * @throws AppError `schedule.invalid`
 */
const readCron = (expression: string, zone: string | undefined): ReadForm<CronForm> => {
  const tokens = expression.split(/[ \t]+/);
  const last = tokens.length > 6 ? (tokens.at(-1) ?? '') : '';
  const hasZone = looksLikeZone(last);
  const fields = hasZone ? tokens.slice(0, -1) : tokens;
  if (fields.length < 6 || fields.length > 7)
    throw invalid(
      `A Frequency has six or seven fields and maybe a zone, not ${tokens.length}`,
      'Second, minute, hour, day of the month, month, day of the week, year, zone: 0 0 12 ? * WED 2030 Asia/Shanghai.',
    );
  const [second = '', minute = '', hour = '', dom = '', month = '', dow = '', year = '*'] = fields;
  if (/^L$/i.test(dow)) throw invalid("Its agent cannot read 'L' for the day of the week", 'Write 7L or SUN.');
  const own = hasZone ? readZone(last) : undefined;
  const inZone = zoneOf(own, zone);
  const form: CronForm = {
    kind: 'cron',
    seconds: readField(second, fieldRules.second),
    minutes: readField(minute, fieldRules.minute),
    hours: readField(hour, fieldRules.hour),
    daysOfMonth: readDaysOfMonth(dom, fieldRules.dayOfMonth),
    months: readField(month, fieldRules.month),
    daysOfWeek: readDaysOfWeek(dow, week),
    years: year === '*' || year === '?' ? undefined : readField(year, fieldRules.year),
    combine: 'or',
    gap: 'skip',
    fold: 'first',
    zone: inZone,
  };
  return { form, doubts: doubtsOf(dom, dow, form) };
};

const zoneOf = (own: string | undefined, given: string | undefined): string => {
  if (own !== undefined && given !== undefined && own !== given)
    throw invalid(`The expression is for ${own}, the schedule for ${given}`, 'Leave one of them out.');
  const zone = own ?? given;
  if (zone === undefined) throw noZone();
  return zone;
};

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const maxRateMs = 7 * 86_400_000;

const readRate = (count: number, unit: string, anchorMs: number): ReadForm<RateForm> => {
  const everyMs = count * (unitMs[unit] ?? 0);
  if (everyMs < 60_000 || everyMs > maxRateMs)
    throw invalid(`rate(${count}${unit}) is not in 60s to 7d`, 'Such as rate(5m).');
  return { form: { kind: 'rate', everyMs, firstMs: anchorMs + everyMs, zone: 'UTC' }, doubts: [] };
};

const readAt = (text: string, zone: string | undefined): ReadForm<AtForm> => {
  const [, date, time, own] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?: (\S+))?$/.exec(text.trim()) ?? [];
  if (date === undefined || time === undefined)
    throw invalid(`'at(${text})' is not a date and a time`, 'Such as at(2027-06-06 13:15:30 Asia/Shanghai).');
  const inZone = zoneOf(own === undefined ? undefined : readZone(own), zone ?? (own === undefined ? 'UTC' : undefined));
  return { form: { kind: 'at', atMs: instantOf(`${date}T${time}`, inZone), zone: inZone }, doubts: [] };
};

/**
 * Any Frequency: `cron` fields, `rate(5m)`, `at(2027-06-06 13:15:30 Asia/Shanghai)`. `anchorMs`: when a rate begins to count.
 * @throws AppError `schedule.invalid`
 */
export const readAliyun = (
  expression: string,
  zone: string | undefined,
  anchorMs: number,
): ReadForm<CronForm | RateForm | AtForm> => {
  const text = expression.trim();
  const [, count, unit] = /^rate\(\s*(\d{1,6})\s*([smhd])\s*\)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return readRate(Number(count), unit, anchorMs);
  const [, at] = /^at\((.*)\)$/.exec(text) ?? [];
  return at === undefined ? readCron(text, zone) : readAt(at, zone);
};
