import { describe, expect, it } from 'vitest';
import { fireDue } from '#functions/records/fire-due.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { hosts, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';
import { silentLog } from '#test/kit/system.ts';
import { scheduled } from './kit.ts';

const newRig = useRigs();
const minutesLater = (rig: { clock: { now(): number } }, minutes: number): string =>
  new Date(Math.floor(rig.clock.now() / 60_000) * 60_000 + minutes * 60_000).toISOString();

describe('a call of the scheduler', () => {
  it('starts one run, however often and from wherever it comes', async () => {
    const rig = newRig(hosts(2));
    const { name, jobName, fire } = await scheduled(rig);
    const due = minutesLater(rig, 1);
    rig.clock.advance(60);
    const fired = await Promise.all(Array.from({ length: 6 }, () => fire(due)));
    const runs = new Set(fired.map((one) => one?.runId));
    expect(runs.size).toBe(1);
    expect(fired.map((one) => one?.status)).toEqual(Array(6).fill('started'));
    const [runId] = runs;
    expect(await rig.services.viewRun(runId!)).toMatchObject({ actor: `schedule:${name}`, job: { name: jobName } });
    expect(new Set(rig.engine.started)).toEqual(new Set([`${runId}-1`]));
    expect(await fire(due)).toEqual(fired[0]);
  });

  it('starts nothing for a time that the schedule does not mean, or that lies before it', async () => {
    const rig = newRig(hosts(1));
    const { fire, history } = await scheduled(rig, { expression: '*/10 * * * *' });
    rig.clock.advance(600);
    expect(await fire(minutesLater(rig, -20))).toBeUndefined();
    const notDue = [0, -1, -2].map((minutes) => minutesLater(rig, minutes)).filter((at) => !/[0]:00.000Z$/.test(at));
    for (const at of notDue) expect(await fire(at)).toBeUndefined();
    expect(await history()).toEqual([]);
  });

  it('is recorded with the reason while the run before goes on, and starts again after it', async () => {
    const rig = newRig(hosts(1));
    const { fire, firings } = await scheduled(rig);
    rig.clock.advance(60);
    const first = await fire(minutesLater(rig, 0));
    rig.clock.advance(60);
    const second = await fire(minutesLater(rig, 0));
    expect(second).toMatchObject({ status: 'skipped', reason: expect.stringContaining(`run ${first?.runId}`) });
    expect(second).not.toHaveProperty('runId');
    await rig.tasks.startRun({ runId: first!.runId!, attempt: 1 });
    await rig.services.abortRun(first!.runId!, {}, 'ann');
    await rig.tasks.finishRun({ runId: first!.runId!, attempt: 1, error: { Error: 'none' } });
    rig.clock.advance(60);
    expect(await fire(minutesLater(rig, 0))).toMatchObject({ status: 'started' });
    expect((await firings()).map(({ status }) => status)).toEqual(['started', 'skipped', 'started']);
    expect((await rig.services.listRuns({ limit: 10 })).items.filter(({ status }) => status === 'rejected')).toEqual(
      [],
    );
  });

  it.each([
    ['queue', 'waiting', 'queued'],
    ['replace', 'waiting', 'queued'],
    ['allow', undefined, 'queued'],
  ] as const)('with the policy %s gets a run in any case', async (overlap, state, status) => {
    const rig = newRig(hosts(1));
    const { fire } = await scheduled(rig, { overlap });
    rig.clock.advance(60);
    const first = await fire(minutesLater(rig, 0));
    rig.clock.advance(60);
    const second = await fire(minutesLater(rig, 0));
    expect(second?.status).toBe('started');
    const run = await rig.services.viewRun(second!.runId!);
    expect([run.status, run.turn?.state]).toEqual([status, state]);
    const before = await rig.services.viewRun(first!.runId!);
    expect(before.status).toBe(overlap === 'replace' ? 'aborted' : 'queued');
  });

  it('says of a job that lets no other run in that it was skipped, with the rejected run', async () => {
    const rig = newRig(hosts(1));
    const { fire } = await scheduled(rig, { overlap: 'allow' }, { concurrency: { policy: 'skip' } });
    rig.clock.advance(60);
    await fire(minutesLater(rig, 0));
    rig.clock.advance(60);
    expect(await fire(minutesLater(rig, 0))).toMatchObject({ status: 'skipped', reason: /Rejected/ });
  });

  it('is recorded as failed with the reason when the run is refused', async () => {
    const rig = newRig(hosts(1));
    const { fire, jobName } = await scheduled(rig);
    await rig.services.removeJob(jobName, {}, { actor: 'bob' });
    rig.clock.advance(60);
    expect(await fire(minutesLater(rig, 0))).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/was removed by bob/),
    });
  });

  it('that comes too late is missed, and so is what never came before it', async () => {
    const rig = newRig(hosts(1));
    const { fire, history, firings } = await scheduled(rig);
    rig.clock.advance(60);
    const start = minutesLater(rig, 0);
    rig.clock.advance(5 * 60);
    expect(await fire(start)).toMatchObject({ status: 'missed', reason: expect.stringContaining('5m00s late') });
    expect(await fire(minutesLater(rig, 0))).toMatchObject({ status: 'started' });
    expect((await history()).map(([, status]) => status)).toEqual(['started', ...Array(4).fill('missed')]);
    expect((await firings()).every(({ reason, status }) => status === 'started' || reason !== undefined)).toBe(true);
  });

  it('in a blackout starts nothing and says why', async () => {
    const rig = newRig(hosts(1));
    const blackout = { from: minutesLater(rig, 0), to: minutesLater(rig, 30), summary: 'Release freeze' };
    const { fire, view } = await scheduled(rig, { calendars: [{ name: 'shop', blackouts: [blackout] }] });
    expect(view.next[0]).toMatchObject({ blackout: 'Release freeze' });
    rig.clock.advance(60);
    expect(await fire(minutesLater(rig, 0))).toMatchObject({
      status: 'blackedOut',
      reason: expect.stringContaining("calendar 'shop' (Release freeze)"),
    });
  });

  it('goes on with the same run after a crash at any place, and tells nobody else', async () => {
    const rig = newRig(hosts(1));
    const { name, history } = await scheduled(rig);
    rig.clock.advance(60);
    const dueMs = Date.parse(minutesLater(rig, 0));
    const schedule = (await rig.store.getSchedule(name))!;
    const base = { store: rig.store, ids: { runId: newRunId }, clock: rig.clock, log: silentLog };
    const boom = new AppError('store.unavailable', 'gone');
    // Before the run is asked for.
    const fail = async () => Promise.reject(boom);
    await expect(fireDue({ ...base, submit: fail }, schedule, dueMs)).rejects.toBe(boom);
    expect(await history()).toMatchObject([[expect.anything(), 'starting']]);
    const { runId } = (await rig.store.getFiring({ schedule: name, dueAt: new Date(dueMs).toISOString() }))!;
    // After it was started, before that was written down.
    const settleFails = { ...rig.store, settleFiring: fail };
    const submit = rig.services.submitRun;
    await expect(fireDue({ ...base, store: settleFails, submit }, schedule, dueMs)).rejects.toBe(boom);
    rig.clock.advance(3600);
    expect(await fireDue({ ...base, submit }, schedule, dueMs)).toMatchObject({ status: 'started', runId });
    expect(rig.engine.started.every((one) => one === `${runId}-1`)).toBe(true);
  });

  it('that was begun, never got its run and is too late by now is missed', async () => {
    const rig = newRig(hosts(1));
    const { name } = await scheduled(rig);
    rig.clock.advance(60);
    const dueMs = Date.parse(minutesLater(rig, 0));
    const schedule = (await rig.store.getSchedule(name))!;
    const base = { store: rig.store, ids: { runId: newRunId }, clock: rig.clock, log: silentLog };
    const fail = async () => Promise.reject(new AppError('store.unavailable', 'gone'));
    await expect(fireDue({ ...base, submit: fail }, schedule, dueMs)).rejects.toThrow('gone');
    rig.clock.advance(600);
    const fired = await fireDue({ ...base, submit: rig.services.submitRun }, schedule, dueMs);
    expect(fired.status).toBe('missed');
    expect(fired).not.toHaveProperty('runId');
    expect(rig.engine.started).toEqual([]);
  });
});
