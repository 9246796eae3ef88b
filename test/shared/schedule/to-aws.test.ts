import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAws } from '#shared/schedule/aws.ts';
import { dueTimes } from '#shared/schedule/firings.ts';
import type { Dialect, ScheduleForm } from '#shared/schedule/form.ts';
import { parseExpression } from '#shared/schedule/read-expression.ts';
import { type AwsExpressions, toAws } from '#shared/schedule/to-aws.ts';

const start = Date.parse('2027-01-01T00:00:00Z');
const end = Date.parse('2029-01-01T00:00:00Z');

const formOf = (expression: string, zone: string | undefined, dialect?: Dialect): ScheduleForm =>
  parseExpression({ expression, zone, dialect, anchorMs: start }).form;

const firesOf = (form: ScheduleForm): readonly number[] =>
  [...dueTimes(form, { afterMs: start, untilMs: end })].map(({ atMs }) => atMs);

/** When AWS calls: all expressions together, each instant once. */
const callsOf = ({ expressions }: AwsExpressions): readonly number[] =>
  [...new Set(expressions.flatMap(({ expression, zone }) => firesOf(readAws(expression, zone, start).form)))].sort(
    (a, b) => a - b,
  );

const expectSame = (form: ScheduleForm): void => {
  const aws = toAws(form, start);
  const [wanted, calls] = [firesOf(form), callsOf(aws)];
  if (aws.exact) expect(calls).toEqual(wanted);
  const due = new Set(wanted);
  expect(calls.filter((at) => due.has(at))).toEqual(wanted);
};

const texts = (expression: string, zone: string, dialect?: Dialect) => toAws(formOf(expression, zone, dialect), start);

describe('expressions of AWS', () => {
  it.each([
    ['30 2 * * 1-5', 'UTC', ['cron(30 2 ? * MON-FRI *)']],
    ['0 0 * * 0', 'UTC', ['cron(0 0 ? * SUN *)']],
    ['0 12 * * 5-7', 'UTC', ['cron(0 12 ? * SUN,FRI,SAT *)']],
    ['*/10 * * * *', 'UTC', ['cron(0/10 * * * ? *)']],
    ['0 0 */2 * *', 'UTC', ['cron(0 0 1/2 * ? *)']],
    ['@daily', 'UTC', ['cron(0 0 * * ? *)']],
    ['0 0 13 * 5', 'UTC', ['cron(0 0 13 * ? *)', 'cron(0 0 ? * FRI *)']],
  ])('%s is said exactly', (expression, zone, wanted) => {
    const aws = texts(expression, zone, 'unix');
    expect(aws.exact).toBe(true);
    expect(aws.expressions.map((one) => one.expression)).toEqual(wanted);
    expectSame(formOf(expression, zone, 'unix'));
  });

  it('counts days of the week as AWS does, and turns the sign of an offset', () => {
    expect(texts('0 15 10 ? * 6L', 'Asia/Shanghai', 'aliyun').expressions).toEqual([
      { expression: 'cron(15 10 ? * 7L *)', zone: 'Asia/Shanghai' },
    ]);
    expect(toAws(formOf('0 15 10 ? * 6#3 2030 GMT+8:00', undefined), start).expressions).toEqual([
      { expression: 'cron(15 10 ? * 7#3 2030)', zone: 'Etc/GMT-8' },
    ]);
  });

  it('says every hour of a zone whose clocks change in UTC', () => {
    expect(texts('17 * * * *', 'Europe/Madrid')).toEqual({
      expressions: [{ expression: 'cron(17 * * * ? *)', zone: 'UTC' }],
      exact: true,
    });
    // Half an hour from UTC, and half an hour of change: no such luck.
    expect(texts('17 * * * *', 'Australia/Lord_Howe').expressions[0]?.zone).toBe('Australia/Lord_Howe');
  });

  it('covers the day on which two in the morning does not exist', () => {
    const aws = texts('30 2 * * *', 'America/New_York');
    expect(aws).toEqual({
      expressions: [
        { expression: 'cron(30 2 * * ? *)', zone: 'America/New_York' },
        { expression: 'cron(0 7 * 3 ? *)', zone: 'UTC' },
      ],
      exact: false,
    });
    expectSame(formOf('30 2 * * *', 'America/New_York'));
  });

  it('covers days for which both fields must hold', () => expectSame(formOf('0 0 */2 * 1', 'UTC', 'unix')));

  it.each([
    ['*/10 * * * * * UTC', /whole minutes/],
    ['0 0 12 LW * ? UTC', /LW/],
    ['0 0 12 * * ? GMT+5:30', /GMT\+05:30/],
    ['rate(90s)', /whole minutes/],
  ])('refuses %s with the reason', (expression, reason) => {
    expect(() => toAws(formOf(expression, undefined, 'aliyun'), start)).toThrow(
      expect.objectContaining({ code: 'schedule.unsupported', message: expect.stringMatching(reason) }),
    );
  });

  const minute = fc.constantFrom('0', '17', '30', '*/20', '0,45');
  const hour = fc.constantFrom('0', '1', '2', '*', '1-3', '*/6', '23');
  const dom = fc.constantFrom('*', '1', '13', '*/9', '28-31');
  const dow = fc.constantFrom('*', '0', '1-5', '6,0', '5-7');
  const month = fc.constantFrom('*', '3', '10,11', '*/4');
  const zone = fc.constantFrom(
    ...['UTC', 'Europe/Madrid', 'America/New_York', 'Asia/Shanghai', 'America/Santiago', 'Africa/Casablanca'],
    ...['Australia/Lord_Howe', 'America/Havana', 'Asia/Beirut', 'Pacific/Auckland', 'Asia/Kathmandu'],
  );
  const dialect = fc.constantFrom('unix' as const, 'crontab' as const);

  it('call at every due time over two years, and where they are exact at no other', () => {
    fc.assert(
      fc.property(minute, hour, dom, month, dow, zone, dialect, (...parts) => {
        const [m, h, d, mon, w, where, how] = parts;
        // Both day fields: 7 is not a day there.
        fc.pre(!(how === 'crontab' && w === '5-7'));
        expectSame(formOf([m, h, d, mon, w].join(' '), where, how));
      }),
      { numRuns: 120 },
    );
  }, 60_000);

  it('is read back as itself', () => {
    const awsText = fc
      .tuple(
        fc.constantFrom('0', '0/15', '5,50'),
        fc.constantFrom('1', '2', '*', '9-17'),
        fc.constantFrom('* * ?', '? * MON-FRI', 'L 2 ?', '15W * ?', '? * 6L', '? * 2#1', '1,15 1/3 ?', '? * 1'),
        fc.constantFrom('*', '2027-2028', '2028'),
      )
      .map((fields) => `cron(${fields.join(' ')})`);
    fc.assert(
      fc.property(awsText, zone, (text, where) => {
        const form = formOf(text, where);
        expect(callsOf(toAws(form, start))).toEqual(firesOf(form));
        expect(toAws(form, start).exact).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
