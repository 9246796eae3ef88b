import { describe, expect, it } from 'vitest';
import { hosts, useRigs } from '#test/kit/rig.ts';
import { scheduled } from './kit.ts';

const newRig = useRigs();
const iso = (ms: number): string => new Date(ms).toISOString();

describe('putting a schedule', () => {
  it('stores it, has it called, and shows what is next', async () => {
    const rig = newRig(hosts(1));
    const { name, view, jobName } = await scheduled(rig, { expression: '30 2 * * *', zone: 'Europe/Madrid' });
    expect(view).toMatchObject({ name, job: jobName, dialect: 'unix', overlap: 'skip', enabled: true });
    expect(view.next).toHaveLength(3);
    expect(view.next[0]?.local).toMatch(/T02:30:00\+0[12]:00$/);
    expect(view.aws.expressions[0]).toEqual({ expression: 'cron(30 2 * * ? *)', zone: 'Europe/Madrid' });
    expect(rig.scheduler.known.get(name)).toMatchObject({ expression: '30 2 * * *' });
    const listed = (await rig.services.listSchedules()).items.find((one) => one.name === name);
    expect(listed).toMatchObject({ enabled: true, next: view.next[0] });
  });

  it.each([
    ['an expression that never fires', { expression: '0 0 30 2 *' }, 'schedule.invalid'],
    ['one that two dialects have', { expression: '0 0 12 * * *' }, 'schedule.invalid'],
    ['an end before the start', { start: '2030-01-02T00:00:00Z', end: '2030-01-01T00:00:00Z' }, 'schedule.invalid'],
    [
      'no due time in between',
      { expression: '0 0 1 1 *', start: '2030-02-01T00:00:00Z', end: '2030-03-01T00:00:00Z' },
      'schedule.invalid',
    ],
    ['a jitter of days', { jitter: '48h' }, 'schedule.invalid'],
    [
      'what the scheduler cannot do',
      { expression: '*/5 * * * * * ?', dialect: 'aliyun', zone: 'UTC' },
      'schedule.unsupported',
    ],
    ['an unknown zone', { zone: 'Mars/Olympus' }, 'schedule.invalid'],
    ['an unknown job', { job: 'nobody' }, 'job.not-found'],
    ['a parameter that the job does not know', { params: { city: 'x' } }, 'params.invalid'],
  ] as const)('is refused for %s, before anything is written', async (_, more, code) => {
    const rig = newRig(hosts(1));
    const { put, name } = await scheduled(rig);
    const before = await rig.store.getSchedule(name);
    await expect(put(more)).rejects.toMatchObject({ code });
    expect(await rig.store.getSchedule(name)).toEqual(before);
  });

  it('again changes nothing of its times; with other times it begins anew', async () => {
    const rig = newRig(hosts(1));
    const { put, name, sweep, firings } = await scheduled(rig, { expression: 'rate(7 minutes)' });
    const { anchorAt } = (await rig.store.getSchedule(name))!;
    rig.clock.advance(10);
    await put({ description: 'again' });
    expect(await rig.store.getSchedule(name)).toMatchObject({ anchorAt, activeSince: anchorAt, version: 2 });
    rig.clock.advance(8 * 60);
    await put({ expression: 'rate(9 minutes)' });
    expect(await firings()).toMatchObject([{ status: 'missed', reason: expect.stringContaining('changed by ann') }]);
    expect(await rig.store.getSchedule(name)).toMatchObject({ anchorAt: iso(rig.clock.now()) });
    await sweep();
    expect(await firings()).toHaveLength(1);
  });
});

describe('a schedule', () => {
  it('is paused and resumed; what was due meanwhile is on record and not started', async () => {
    const rig = newRig(hosts(1));
    const { name, sweep, firings, put } = await scheduled(rig);
    expect(await rig.services.pauseSchedule(name, { reason: 'audit' }, 'bob')).toMatchObject({
      ...{ enabled: false, next: [], paused: { by: 'bob', reason: 'audit' } },
    });
    expect(rig.scheduler.known.get(name)?.enabled).toBe(false);
    rig.clock.advance(150);
    await sweep();
    await put({ description: 'still paused' });
    expect((await rig.services.viewSchedule(name, { next: 1 })).enabled).toBe(false);
    const resumed = await rig.services.resumeSchedule(name, {}, 'ann');
    expect(resumed.enabled).toBe(true);
    expect(resumed).not.toHaveProperty('paused');
    const found = await firings();
    expect(found.map(({ status }) => status)).toEqual(['paused', 'paused']);
    expect(found[0]?.reason).toMatch(/Paused by bob .*audit/);
    rig.clock.advance(61);
    await sweep();
    expect((await firings())[0]?.status).toBe('started');
  });

  it('is started by hand, under its overlap policy, with who asked', async () => {
    const rig = newRig(hosts(1));
    const { name, firings } = await scheduled(rig);
    await rig.services.pauseSchedule(name, {}, 'bob');
    const first = await rig.services.runSchedule(name, { reason: 'urgent' }, 'eve');
    expect(first).toMatchObject({ kind: 'manual', status: 'started', actor: 'eve', reason: 'urgent' });
    expect(await rig.services.runSchedule(name, {}, 'eve')).toMatchObject({ status: 'skipped' });
    expect(await firings()).toHaveLength(2);
  });

  it('is removed, and its history stays', async () => {
    const rig = newRig(hosts(1));
    const { name, sweep, history } = await scheduled(rig);
    rig.clock.advance(61);
    await sweep();
    await rig.services.removeSchedule(name, 'ann');
    expect(rig.scheduler.known.has(name)).toBe(false);
    await expect(rig.services.viewSchedule(name, { next: 1 })).rejects.toMatchObject({ code: 'schedule.not-found' });
    await expect(rig.services.removeSchedule(name, 'ann')).rejects.toMatchObject({ code: 'schedule.not-found' });
    expect(await history()).toHaveLength(1);
    await expect(rig.services.listFirings('nobody', { limit: 1 })).rejects.toMatchObject({
      code: 'schedule.not-found',
    });
  });

  it('is previewed with the changes of the clocks and its blackouts, without being stored', async () => {
    const rig = newRig(hosts(1));
    const preview = await rig.services.previewSchedule({
      ...{ expression: 'cron(30 2 * * ? *)', zone: 'Europe/Madrid', start: '2027-03-27T00:00:00Z', count: 3 },
      calendars: [
        { name: 'x', blackouts: [{ from: '2027-03-29T00:00:00Z', to: '2027-03-30T00:00:00Z', summary: 'Easter' }] },
      ],
    });
    expect(preview.next.map(({ local, mark, blackout }) => [local, mark ?? blackout])).toEqual([
      ['2027-03-27T02:30:00+01:00', undefined],
      ['2027-03-28T03:00:00+02:00', 'skipped'],
      ['2027-03-29T02:30:00+02:00', 'Easter'],
    ]);
  });
});
