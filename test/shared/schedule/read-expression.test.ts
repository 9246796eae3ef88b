import { describe, expect, it } from 'vitest';
import { nextDueTimes } from '#shared/schedule/firings.ts';
import { dialectOf, parseExpression, readExpression } from '#shared/schedule/read-expression.ts';

const now = Date.parse('2027-01-01T00:00:00Z');

describe('reading an expression', () => {
  it.each([
    ['30 2 * * *', 'unix'],
    ['@daily', 'unix'],
    ['59 23 31 12 * 2030', 'crontab'],
    ['0 0 12 * * ? 2030', 'aliyun'],
    ['0 0 12 * * ? 2030 Asia/Shanghai', 'aliyun'],
    ['rate(5m)', 'aliyun'],
    ['at(2027-06-06 13:15:30 Asia/Shanghai)', 'aliyun'],
    ['rate(5 minutes)', 'aws'],
    ['cron(0 2 * * ? *)', 'aws'],
    ['at(2027-06-06T13:15:00)', 'aws'],
  ])('sees what %s is', (expression, dialect) => expect(dialectOf(expression)).toBe(dialect));

  it('asks where six fields can be two things', () =>
    expect(() => dialectOf('0 0 12 * * *')).toThrow(/seconds .*year/));

  it.each([
    ['unix', '60 * * * *', /minute 60 is not in 0 to 59/],
    ['unix', '5/10 * * * *', /a step needs a range/],
    ['unix', '0 22-2 * * *', /ends before it begins/],
    ['unix', '0 0 * * ?', /'\?' cannot be written/],
    ['unix', '0 0 * *', /five fields, not 4/],
    ['unix', '@reboot', /start of a machine/],
    ['unix', '0 0 30 2 *', /never fires: no such date exists/],
    ['crontab', '59 23 31 12 * 2015', /never fires: its time is over \(2015-12-31T23:59:00/],
    ['crontab', '0 12 * * 7', /7 never comes/],
    ['aliyun', '0 0 12 ? * FRI-SUN', /never fires for 'FRI-SUN'/],
    ['aliyun', '0 0 9 13 * FRI', /write \? for one of them/],
    ['aliyun', '0 0 12 ? * L', /cannot read 'L'/],
    ['aliyun', '0 0/60 12 ? * *', /step \/60/],
    ['aliyun', 'rate(30s)', /60s to 7d/],
    ['aws', 'cron(0 0 1 * MON *)', /exactly one/],
    ['aws', 'cron(0 0 ? * 2#1,3#1 *)', /only one day with #/],
    ['aws', 'at(2020-01-01T00:00:00)', /its time was 2020-01-01/],
    ['aws', 'rate(0 minutes)', /is not a rate/],
  ] as const)('refuses %s `%s` with the reason', (dialect, expression, reason) => {
    expect(() => readExpression({ expression, dialect, zone: 'UTC', anchorMs: now }, now)).toThrow(
      expect.objectContaining({ code: 'schedule.invalid', message: expect.stringMatching(reason) }),
    );
  });

  it('needs a zone for a Frequency, and refuses two that differ', () => {
    const read = (expression: string, zone?: string) =>
      parseExpression({ expression, dialect: 'aliyun', zone, anchorMs: now });
    expect(() => read('0 0 12 * * ?')).toThrow(/names no time zone/);
    expect(() => read('0 0 12 * * ? Asia/Shanghai', 'Europe/Madrid')).toThrow(/is for Asia\/Shanghai/);
    expect(() => read('0 0 12 * * ?', 'Europa/Madrid')).toThrow(/is not a time zone/);
    expect(read('0 0 12 * * ? GMT-3:30').form.zone).toBe('-03:30');
  });

  it('counts a rate from its anchor, once before the first time', () => {
    const { form } = parseExpression({ expression: 'rate(40 minutes)', anchorMs: now });
    expect(nextDueTimes(form, { afterMs: now }, 2).map(({ atMs }) => (atMs - now) / 60_000)).toEqual([40, 80]);
  });

  it('marks what the change of the clocks does', () => {
    const marks = (expression: string, after: string, dialect?: 'unix' | 'aws') => {
      const { form } = parseExpression({ expression, dialect, zone: 'Europe/Madrid', anchorMs: now });
      return nextDueTimes(form, { afterMs: Date.parse(after), withSkipped: true }, 2).map(({ mark }) => mark);
    };
    expect(marks('30 2 * * *', '2027-03-27T12:00:00Z')).toEqual(['afterGap', undefined]);
    expect(marks('cron(30 2 * * ? *)', '2027-03-27T12:00:00Z')).toEqual(['skipped', undefined]);
    expect(marks('*/30 2 * * *', '2027-10-31T00:15:00Z')).toEqual(['first', 'second']);
    expect(marks('30 2 * * *', '2027-10-30T12:00:00Z')).toEqual(['first', undefined]);
  });
});
