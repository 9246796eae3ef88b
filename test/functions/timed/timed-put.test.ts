import { describe, expect, it } from 'vitest';
import { timedRunNow } from '#functions/timed-run-now/timed-run-now.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';
import { silentLog } from '#test/kit/system.ts';
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
    expect((await rig.services.viewSchedule(name, { next: 1 })).view.enabled).toBe(false);
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
    const first = await rig.services.runSchedule(name, { reason: 'urgent', actor: 'eve' });
    expect(first.firing).toMatchObject({ kind: 'manual', status: 'started', actor: 'eve', reason: 'urgent' });
    expect((await rig.services.runSchedule(name, { actor: 'eve' })).firing).toMatchObject({ status: 'skipped' });
    expect(await firings()).toHaveLength(2);
  });

  it('is started by hand once under a key, however often and from however many places it is asked', async () => {
    const rig = newRig(hosts(1));
    const { name, firings } = await scheduled(rig, { overlap: 'allow' });
    const ask = (idempotencyKey?: string, reason = 'urgent') =>
      rig.services.runSchedule(name, {
        ...{ actor: 'eve', reason },
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
    // At one instant: with and without keys, and a key twice at once.
    const [first, again, other, free] = await Promise.all([ask('k1'), ask('k1'), ask('k2'), ask()]);
    rig.clock.advance(90);
    const late = await ask('k1');
    expect(new Set([first, again, late].map(({ firing }) => firing.runId)).size).toBe(1);
    expect(late).toMatchObject({ created: false, firing: { dueAt: first.firing.dueAt, status: 'started' } });
    expect([first, again].filter(({ created }) => created)).toHaveLength(1);
    const runs = [first, other, free].map(({ firing }) => firing.runId);
    expect(new Set(runs).size).toBe(3);
    expect((await firings()).map(({ runId }) => runId).sort()).toEqual(runs.sort());
    await expect(ask('k1', 'another reason')).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    await expect(
      rig.services.submitRun({ request: { job: 'j', params: {}, only: {} }, actor: 'eve', idempotencyKey: 'k1' }),
    ).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    // A key is its caller's.
    const hers = await rig.services.runSchedule(name, { actor: 'ann', reason: 'urgent', idempotencyKey: 'k1' });
    expect(hers).toMatchObject({ created: true });
  });

  it('that was skipped is not started when it is asked again under its key', async () => {
    const rig = newRig(hosts(1));
    const { name, firings } = await scheduled(rig);
    const ask = (idempotencyKey: string) => rig.services.runSchedule(name, { actor: 'eve', idempotencyKey });
    const first = await ask('skip-1');
    const skipped = await ask('skip-2');
    expect(skipped.firing).toMatchObject({ status: 'skipped' });
    await driveAttempt(rig, runIdSchema.parse(first.firing.runId));
    expect(await ask('skip-2')).toEqual({ firing: skipped.firing, created: false });
    expect(await firings()).toHaveLength(2);
  });

  it('goes on with the same run when whoever started it died on the way', async () => {
    const rig = newRig(hosts(1));
    const { name, firings } = await scheduled(rig);
    const dying = timedRunNow({
      ...{ store: rig.store, ids: { runId: newRunId }, clock: rig.clock, log: silentLog },
      submit: () => Promise.reject(new AppError('engine.unavailable', 'died')),
    });
    await expect(dying(name, { actor: 'eve', idempotencyKey: 'died-1' })).rejects.toMatchObject({ message: 'died' });
    const [left] = await firings();
    expect(left?.status).toBe('starting');
    const again = await rig.services.runSchedule(name, { actor: 'eve', idempotencyKey: 'died-1' });
    expect(again).toMatchObject({ created: false, firing: { status: 'started', runId: left?.runId } });
    expect(await firings()).toHaveLength(1);
  });

  it('is put only as it is expected to be, when a request says how', async () => {
    const rig = newRig(hosts(1));
    const { name, put, putIf } = await scheduled(rig);
    const tagNow = async () => (await rig.services.viewSchedule(name, { next: 0 })).etag;
    const first = await tagNow();
    expect(first).toMatch(/^"1\.\w+"$/);
    await expect(putIf({ ifNoneMatch: '*' })).rejects.toMatchObject({ code: 'precondition.failed' });
    const second = await putIf({ ifMatch: `"x", ${first}` }, { description: 'mine' });
    expect(second).toMatchObject({ etag: await tagNow(), view: { description: 'mine' } });
    await expect(putIf({ ifMatch: first })).rejects.toMatchObject({
      code: 'precondition.failed',
      message: expect.stringMatching(/is at "2\..*put by ann/),
    });
    await rig.services.pauseSchedule(name, {}, 'bob');
    await expect(putIf({ ifMatch: second.etag })).rejects.toMatchObject({ code: 'precondition.failed' });
    await putIf({ ifMatch: '*' });
    // One that is made again begins at version 1 again, and is another one all the same.
    await rig.services.removeSchedule(name, 'ann');
    await expect(putIf({ ifMatch: '*' })).rejects.toMatchObject({ code: 'precondition.failed' });
    rig.clock.advance(1);
    await put();
    expect(await tagNow()).toMatch(/^"1\./);
    await expect(putIf({ ifMatch: first })).rejects.toMatchObject({ code: 'precondition.failed' });
  });

  it('is put by one of two who both saw the same', async () => {
    const rig = newRig(hosts(1));
    const { name, putIf } = await scheduled(rig);
    const { etag } = await rig.services.viewSchedule(name, { next: 0 });
    const came = await Promise.allSettled(
      ['a', 'b', 'c'].map((description) => putIf({ ifMatch: etag }, { description })),
    );
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of came)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'precondition.failed' });
  });

  it('keeps to a holiday that comes every year, however old the schedule is', async () => {
    const rig = newRig(hosts(1));
    const event = { start: '2020-12-25', zone: 'UTC', days: 1, rule: 'FREQ=YEARLY', summary: 'Christmas' };
    const calendars = [{ name: 'days.ics', blackouts: [], events: [event] }];
    const { name, sweep, firings } = await scheduled(rig, { expression: '0 12 * * *', calendars });
    const noon = Date.parse(`${new Date(rig.clock.now()).getUTCFullYear() + 7}-12-25T12:00:00Z`);
    rig.clock.advance((noon - 86_400_000 - rig.clock.now()) / 1000 + 1);
    await sweep();
    const [day, holiday] = (await rig.services.viewSchedule(name, { next: 2 })).view.next;
    expect([day?.blackout, day?.at]).toEqual(['Christmas', iso(noon)]);
    expect(holiday).toEqual({ at: iso(noon + 86_400_000), local: expect.anything() });
    rig.clock.advance(86_400);
    await sweep();
    expect((await firings())[0]).toMatchObject({
      ...{ dueAt: iso(noon), status: 'blackedOut', reason: expect.stringContaining("'days.ics' (Christmas)") },
    });
    rig.clock.advance(86_400);
    await sweep();
    expect((await firings())[0]?.status).toBe('started');
  });

  it('is refused with an event that nobody could lay out', async () => {
    const rig = newRig(hosts(1));
    const event = { start: '2020-12-25', zone: 'UTC', days: 1, rule: 'FREQ=HOURLY' };
    const calendars = [{ name: 'days.ics', blackouts: [], events: [event] }];
    await expect(scheduled(rig, { calendars })).rejects.toMatchObject({ code: 'schedule.invalid' });
    await expect(rig.services.previewSchedule({ expression: '@daily', calendars, count: 1 })).rejects.toMatchObject({
      code: 'schedule.invalid',
    });
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
