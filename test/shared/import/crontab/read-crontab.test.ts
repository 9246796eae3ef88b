import { describe, expect, it } from 'vitest';
import { readCrontab } from '#shared/import/crontab/read-crontab.ts';
import { nextDueTimes } from '#shared/schedule/firings.ts';
import { parseExpression } from '#shared/schedule/read-expression.ts';
import { toAws } from '#shared/schedule/to-aws.ts';
import { debianCrontab, debianE2scrub } from './debian.ts';

const nowMs = Date.parse('2027-01-01T00:00:00Z');
const read = (text: string, more: { zone?: string; system?: boolean } = {}) =>
  readCrontab(text, { zone: 'Europe/Madrid', nowMs, ...more });
const scriptId = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

describe('a crontab', () => {
  it('of a stock Debian machine is taken over whole', () => {
    const { entries, refused } = read(debianCrontab);
    expect(refused).toEqual([]);
    expect(entries.map(({ expression, work }) => [expression, work.kind === 'command' && work.user])).toEqual([
      ['17 * * * *', 'root'],
      ['25 6 * * *', 'root'],
      ['47 6 * * 7', 'root'],
      ['52 6 1 * *', 'root'],
    ]);
    expect(entries[1]?.work).toMatchObject({
      command: 'test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }',
      environment: { SHELL: '/bin/sh' },
    });
    const next = entries.map((entry) => {
      const { form } = parseExpression({ ...entry, anchorMs: nowMs });
      const [first] = nextDueTimes(form, { afterMs: nowMs }, 1);
      return new Date(first!.atMs).toISOString();
    });
    expect(next).toEqual([
      ...['2027-01-01T00:17:00.000Z', '2027-01-01T05:25:00.000Z', '2027-01-03T05:47:00.000Z'],
      '2027-01-01T05:52:00.000Z',
    ]);
    // All of them can be said to AWS.
    for (const entry of entries)
      expect(toAws(parseExpression({ ...entry, anchorMs: nowMs }).form, nowMs).expressions).not.toEqual([]);
  });

  it('in cron.d has a user before each command, too', () => {
    const { entries, refused } = read(debianE2scrub, { system: true });
    expect(refused).toEqual([]);
    expect(entries.map(({ work }) => work)).toMatchObject([
      { user: 'root', command: expect.stringMatching(/^test -e .*e2scrub_all_cron$/) },
      { user: 'root', command: expect.stringMatching(/e2scrub_all -A -r$/) },
    ]);
  });

  it('with script ids and years: one is taken over, one is over', () => {
    const text = `30 * * * * ${scriptId}\n59 23 31 12 * 2015 ${scriptId}\n0 12 * * 7 ${scriptId}\n0 1 * * * 2030 ${scriptId} # yearly`;
    const { entries, refused } = read(text);
    expect(entries.map(({ line, dialect, work }) => [line, dialect, work])).toEqual([
      [1, 'crontab', { kind: 'script', scriptId }],
      [4, 'crontab', { kind: 'script', scriptId }],
    ]);
    expect(refused).toMatchObject([
      { line: 2, reason: expect.stringContaining('its time is over (2015-12-31T23:59:00+01:00 was one)') },
      { line: 3, reason: expect.stringContaining('write 0 for Sunday') },
    ]);
  });

  it('has settings, input after %, zones, and lines that are none', () => {
    const text = [
      'MAILTO=ops@example.org',
      "PATH='/opt/bin:/bin'",
      '@reboot /start',
      '@daily tar c / | gzip > "/backup/$(date +\\%F)"',
      'CRON_TZ=Asia/Tokyo',
      '0 9 * * mon-fri mail -s hi ann%Dear Ann,%100\\%',
      '0 25 * * * never',
      'what is this',
      '\t5 4 * * sun  echo  spaces  ',
    ].join('\r\n');
    const { entries, refused, notes } = read(text);
    expect(entries.map(({ expression, zone, work }) => ({ expression, zone, ...work }))).toEqual([
      {
        ...{ expression: '@daily', zone: 'Europe/Madrid', kind: 'command' },
        ...{ command: 'tar c / | gzip > "/backup/$(date +%F)"', environment: { PATH: '/opt/bin:/bin' } },
      },
      {
        ...{ expression: '0 9 * * mon-fri', zone: 'Asia/Tokyo', kind: 'command', command: 'mail -s hi ann' },
        ...{ input: 'Dear Ann,\n100%\n', environment: { PATH: '/opt/bin:/bin' } },
      },
      {
        ...{ expression: '5 4 * * sun', zone: 'Asia/Tokyo', kind: 'command', command: 'echo  spaces' },
        environment: { PATH: '/opt/bin:/bin' },
      },
    ]);
    expect(refused.map(({ line, reason }) => [line, reason])).toEqual([
      [3, expect.stringContaining('start of a machine')],
      [7, expect.stringContaining('hour 25 is not in 0 to 23')],
      [8, expect.stringContaining('neither a setting')],
    ]);
    expect(notes).toEqual([expect.stringMatching(/^line 1: MAILTO=.*no mail/)]);
  });
});
