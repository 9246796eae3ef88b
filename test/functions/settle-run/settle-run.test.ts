import { describe, expect, it } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }];
const inLine = (key: string) => ({ concurrency: { key, policy: 'queue' } });

const stopped = { state: 'ended', error: { Error: 'States.ABORTED', Cause: 'It was stopped by hand.' } } as const;

/** Tells Settle Run that the execution of an attempt has ended so. */
const settle = (
  rig: Rig,
  runId: RunId,
  end: Parameters<Rig['engine']['executions']['set']>[1] = stopped,
  attempt = 1,
) => {
  rig.engine.executions.set(`${runId}-${attempt}`, end);
  return rig.tasks.settleRun({ runId, attempt });
};

describe('settleRun', () => {
  it('ends the run of an execution that was stopped, and says why', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });

    expect(await settle(rig, runId)).toEqual({ care: 'settled' });

    const reason = 'States.ABORTED: It was stopped by hand.';
    expect(await rig.store.get(runId)).toMatchObject({
      status: 'failed',
      reason,
      attempts: [{ status: 'failed', reason }],
    });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');
  });

  it('lets the next run in line go on', async () => {
    const rig = newRig();
    const first = await rig.submit(groups, { spec: inLine('next') });
    const second = await rig.submit(groups, { spec: inLine('next') });
    await rig.tasks.startRun({ runId: first, attempt: 1 });
    await rig.tasks.nextStage({ runId: first, attempt: 1, group: 0 });
    await rig.tasks.startRun({ runId: second, attempt: 1 });
    expect((await rig.tasks.nextStage({ runId: second, attempt: 1, group: 0 })).kind).toBe('wait');

    await settle(rig, first);

    expect((await rig.tasks.nextStage({ runId: second, attempt: 1, group: 0 })).kind).toBe('run');
  });

  it('says and writes the same when the event comes twice, also at once', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    await Promise.all([settle(rig, runId), settle(rig, runId)]);
    const before = await rig.records(runId);

    rig.clock.advance(60);
    expect(await settle(rig, runId)).toEqual({ care: 'over' });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('leaves a run alone whose execution goes on, as after a redrive', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const before = await rig.records(runId);

    expect(await settle(rig, runId, { state: 'running' })).toEqual({ care: 'live' });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('leaves a later attempt alone', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    const before = await rig.records(runId);

    expect(await settle(rig, runId)).toEqual({ care: 'over' });
    expect(await settle(rig, runId, stopped, 7)).toEqual({ care: 'unknown' });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('releases what an execution that failed at its last state had not released yet', async () => {
    const rig = newRig();
    const first = await rig.submit(groups, { spec: inLine('shop') });
    const second = await rig.submit(groups, { spec: inLine('shop') });
    await rig.tasks.startRun({ runId: first, attempt: 1 });
    await rig.tasks.nextStage({ runId: first, attempt: 1, group: 0 });
    const run = await rig.store.get(first);
    if (run === undefined) throw new Error('There is no run');
    // Finish Run died after it had written the run.
    await rig.store.replace({ ...run, status: 'failed', version: run.version + 1 });
    expect(await rig.store.getTurn('shop')).toMatchObject({ holders: [{ runId: first }] });

    expect(await settle(rig, first, { state: 'ended', error: { Error: 'store.unavailable' } })).toEqual({
      care: 'over',
    });

    expect(JSON.stringify(await rig.store.getTurn('shop'))).not.toContain(first);
    expect(JSON.stringify(await rig.store.getTurn('shop'))).toContain(second);
  });
});
