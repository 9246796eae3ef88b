import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { makeFiring, runId } from '#test/functions/api/hand-made-services.ts';
import { cli, makeFolder } from '../../test-host.ts';

const defaults = { params: {}, calendars: [], overlap: 'skip', tags: {} };

describe('drover schedule', () => {
  test('put sends what flags say, and shows what comes next', async () => {
    const flags = ['--job', 'roll-shop', '--cron', '0 2 * * *', '--zone', 'UTC', '--catch-up', '2h', '--jitter', '5m'];
    const more = ['--overlap', 'queue', '--param', 'city=Köln', '--tag', 'team=ops', '--disabled'];
    const { asked, stdout, exitCode } = await cli(['schedule', 'put', 'nightly', ...flags, ...more]);
    expect(asked).toEqual([
      [
        'putSchedule',
        'nightly',
        {
          ...defaults,
          ...{ job: 'roll-shop', expression: '0 2 * * *', zone: 'UTC', catchUp: { deadline: '2h' }, jitter: '5m' },
          ...{ overlap: 'queue', params: { city: 'Köln' }, tags: { team: 'ops' }, enabled: false },
        },
        { actor: 'ada' },
      ],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('cron(0 2 * * ? *) UTC');
    expect(stdout).toContain('2026-01-02T02:00:00+00:00');
  });

  test('put reads a file, which flags override, and calendars', async () => {
    const folder = await makeFolder({
      'nightly.yaml': 'name: nightly\njob: roll-shop\nexpression: 0 2 * * *\nzone: Europe/Madrid\ntags: {a: b}\n',
      'freeze.yaml': '- {from: 2026-12-24T00:00:00Z, to: 2026-12-27T00:00:00+01:00, summary: Xmas}\n',
      'days.ics': [
        ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:New year'],
        ...['DTSTAMP:20260101T000000Z', 'DTSTART;VALUE=DATE:20260102', 'DTEND;VALUE=DATE:20260103'],
        ...['RRULE:FREQ=YEARLY;COUNT=2', 'END:VEVENT', 'BEGIN:VEVENT', 'UID:2', 'DTSTAMP:20260101T000000Z'],
        ...['DTSTART:20260305T100000Z', 'DTEND:20260305T110000Z', 'END:VEVENT', 'END:VCALENDAR'],
      ].join('\r\n'),
    });
    const at = (name: string) => join(folder, name);
    const flags = ['--overlap', 'allow', '--calendar', at('freeze.yaml'), '--calendar', at('days.ics')];
    const { asked, stderr } = await cli(['schedule', 'put', '-f', at('nightly.yaml'), ...flags]);
    expect(stderr).toBe('');
    expect(asked[0]?.[1]).toBe('nightly');
    expect(asked[0]?.[2]).toEqual({
      ...{ ...defaults, job: 'roll-shop', expression: '0 2 * * *', zone: 'Europe/Madrid', overlap: 'allow' },
      tags: { a: 'b' },
      calendars: [
        {
          name: 'freeze.yaml',
          blackouts: [{ from: '2026-12-24T00:00:00Z', to: '2026-12-27T00:00:00+01:00', summary: 'Xmas' }],
        },
        {
          name: 'days.ics',
          blackouts: [{ from: '2026-03-05T10:00:00.000Z', to: '2026-03-05T11:00:00.000Z' }],
          events: [
            {
              ...{ start: '2026-01-02', zone: 'Europe/Madrid', days: 1, rule: 'FREQ=YEARLY', until: '2027-01-02' },
              summary: 'New year',
            },
          ],
        },
      ],
    });
  });

  test('put reads the example', async () => {
    const { asked, exitCode } = await cli([
      'schedule',
      'put',
      '-f',
      'examples/schedules/nightly.yaml',
      '--zone',
      'UTC',
    ]);
    expect(exitCode).toBe(0);
    expect(asked[0]).toMatchObject([
      'putSchedule',
      'nightly-restart',
      { zone: 'UTC', catchUp: { deadline: '2h' } },
      { actor: 'ada' },
    ]);
  });

  test.each([
    [['--job', 'x'], 'It is not said when'],
    [['--cron', '0 2 * * *'], 'It is not said which job'],
    [['--job', 'x', '--cron', '0 2 * * *', '--catch-up', 'soon'], '--catch-up'],
    [['--job', 'x', '--cron', '0 2 * * *', '--overlap', 'maybe'], '--overlap'],
  ])('put %j is wrong usage', async (flags, message) => {
    const { exitCode, stderr, asked } = await cli(['schedule', 'put', 'nightly', ...flags]);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });

  test('put says where a calendar is wrong', async () => {
    const folder = await makeFolder({ 'bad.yaml': '- {from: tomorrow, to: 2026-12-27T00:00:00Z}\n' });
    const flags = ['--job', 'x', '--cron', '0 2 * * *', '--calendar', join(folder, 'bad.yaml')];
    const { exitCode, stderr } = await cli(['schedule', 'put', 'nightly', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/bad\.yaml: .*from/s);
  });

  test('ls, show and history', async () => {
    const ls = await cli(['schedule', 'ls']);
    expect(ls.stdout).toMatch(/^SCHEDULE +JOB +WHEN/);
    expect(ls.stdout).toContain('skipped 2026-01-01T02:00:00Z');
    expect((await cli(['schedule', 'show', 'nightly'])).stdout).toContain('0 2 * * * (unix, UTC)');
    const history = await cli(['schedule', 'history', 'nightly', '--limit', '5']);
    expect(history.asked).toEqual([['listFirings', 'nightly', { limit: 5 }]]);
    expect(history.stdout).toContain('another run goes on');
  });

  test('next of a schedule, and of an expression', async () => {
    const stored = await cli(['schedule', 'next', 'nightly', '--count', '9']);
    expect(stored.asked).toEqual([['viewSchedule', 'nightly', { next: 9 }]]);
    const free = await cli(['schedule', 'next', '0 2 * * *', '--zone', 'Europe/Madrid']);
    expect(free.asked).toEqual([
      ['previewSchedule', { expression: '0 2 * * *', zone: 'Europe/Madrid', count: 5, calendars: [] }],
    ]);
    expect(free.stderr).toContain('On AWS: cron(0 2 * * ? *) UTC');
    expect((await cli(['schedule', 'next', 'nightly', '--zone', 'UTC'])).exitCode).toBe(2);
  });

  test('pause, resume, rm', async () => {
    const paused = await cli(['schedule', 'pause', 'nightly', '--reason', 'audit']);
    expect(paused.asked).toEqual([['pauseSchedule', 'nightly', { reason: 'audit' }, 'ada']]);
    expect((await cli(['schedule', 'resume', 'nightly'])).asked).toEqual([['resumeSchedule', 'nightly', {}, 'ada']]);
    expect((await cli(['schedule', 'rm', 'nightly'])).stdout).toBe('schedule nightly removed\n');
  });

  test('run-now answers with the run, or with 6 when another one goes on', async () => {
    const started = await cli(['schedule', 'run-now', 'nightly']);
    expect([started.exitCode, started.stderr]).toEqual([0, expect.stringContaining('drover run watch')]);
    const skipped = await cli(['schedule', 'run-now', 'nightly'], {
      services: { runSchedule: async () => ({ firing: makeFiring({ kind: 'manual' }), created: true }) },
    });
    expect(skipped.exitCode).toBe(6);
  });

  test('run-now has a key of its own or the caller’s, and is sent again under it when no answer comes', async () => {
    const keyed = await cli(['schedule', 'run-now', 'nightly', '--key', 'k1', '--reason', 'urgent']);
    expect(keyed.asked).toEqual([['runSchedule', 'nightly', { reason: 'urgent', actor: 'ada', idempotencyKey: 'k1' }]]);
    const keys: (string | undefined)[] = [];
    const flaky = await cli(['schedule', 'run-now', 'nightly'], {
      services: {
        runSchedule: async (_name, { idempotencyKey }) => {
          keys.push(idempotencyKey);
          if (keys.length < 2) throw new AppError('service.unreachable', 'no answer');
          return { firing: makeFiring({ kind: 'manual', status: 'started', runId }), created: false };
        },
      },
    });
    expect(flaky.exitCode).toBe(0);
    expect(flaky.stderr).toContain('It was asked for under this key before');
    expect(new Set(keys).size).toBe(1);
    expect(keys).toEqual([expect.stringMatching(/.+/), expect.stringMatching(/.+/)]);
  });

  test('put --if-match and --new are conditions, and show and put say the tag', async () => {
    const put = await cli([
      'schedule',
      'put',
      'nightly',
      '--job',
      'j',
      '--cron',
      '@daily',
      '--if-match',
      '3.a',
      '-o',
      'json',
    ]);
    expect(put.asked).toEqual([['putSchedule', 'nightly', expect.anything(), { actor: 'ada', ifMatch: '"3.a"' }]]);
    expect(JSON.parse(put.stdout)).toMatchObject({ name: 'nightly', etag: '"3.a"' });
    const made = await cli(['schedule', 'put', 'nightly', '--job', 'j', '--cron', '@daily', '--new']);
    expect(made.asked).toEqual([['putSchedule', 'nightly', expect.anything(), { actor: 'ada', ifNoneMatch: '*' }]]);
    const shown = await cli(['schedule', 'show', 'nightly', '-o', 'json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ etag: '"3.a"' });
    const putSchedule = () => Promise.reject(new AppError('precondition.failed', 'It is at "4.a"'));
    const late = await cli(['schedule', 'put', 'nightly', '--job', 'j', '--cron', '@daily', '--if-match', '3.a'], {
      services: { putSchedule },
    });
    expect(late.exitCode).toBe(6);
  });
});
