import { describe, expect, it } from 'vitest';
import { abortRun, resumeRun } from '#functions/control-run/control-run.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt, driveBatch, invoke, openFirst } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groups = [{ name: 'g', maxConcurrency: 1, phases: [{ name: 'p', operations: [op('a')] }] }];
const running = async (rig: Rig): Promise<RunId> => {
  const runId = await rig.submit(groups);
  await rig.tasks.startRun({ runId, attempt: 1 });
  return runId;
};

/** Two batches whose tokens are parked, and one that has not started. */
const waiting = async (rig: Rig): Promise<RunId> => {
  const runId = await running(rig);
  const { slices } = await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
  const { batches } = await rig.tasks.openPhase({ runId, sliceId: slices[0]! });
  for (const batchId of batches.slice(0, 2)) {
    const { invocationId } = await rig.tasks.invokeOperation({ runId, batchId });
    if (invocationId !== '') await rig.tasks.awaitAgent({ runId, invocationId, token: `at ${batchId}` });
  }
  return runId;
};

describe('pauseRun', () => {
  it('says who paused and why, and is the same when asked twice', async () => {
    const rig = newRig();
    const runId = await running(rig);

    await rig.services.pauseRun(runId, { reason: 'lunch' }, 'ann');
    const before = await rig.records(runId);
    await rig.services.pauseRun(runId, { reason: 'again' }, 'bob');

    expect(await rig.store.get(runId)).toMatchObject({
      status: 'pausing',
      control: 'pause',
      reason: 'Paused by ann: lunch',
    });
    expect(await rig.records(runId)).toEqual(before);
  });

  it('is refused once the run is being aborted or has ended', async () => {
    const rig = newRig();
    const aborting = await running(rig);
    await rig.services.abortRun(aborting, {}, 'ann');
    const ended = await rig.submit(groups);
    await driveAttempt(rig, ended);

    await expect(rig.services.pauseRun(aborting, {}, 'ann')).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining('is being aborted'),
    });
    await expect(rig.services.pauseRun(ended, {}, 'ann')).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining('has ended as succeeded'),
    });
  });
});

describe('resumeRun', () => {
  it('releases the hold, and takes back what was said of the pause', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.pauseRun(runId, { reason: 'lunch' }, 'ann');
    await rig.tasks.hold({ runId, attempt: 1, token: 'held' });

    await rig.services.resumeRun(runId, {}, 'ann');

    const run = await rig.store.get(runId);
    expect(run).toMatchObject({ status: 'running', control: 'go' });
    expect(run?.reason).toBeUndefined();
    expect(rig.engine.completed).toEqual(['held']);
  });

  it('changes nothing in a run that goes on, but releases a hold that an earlier resume could not', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.pauseRun(runId, {}, 'ann');
    await rig.tasks.hold({ runId, attempt: 1, token: 'held' });
    const dead = { start: rig.engine.start, complete: () => Promise.reject(new Error('no network')) };
    await expect(
      resumeRun({ store: rig.store, engine: dead, clock: rig.clock, log: silent })(runId, {}, 'ann'),
    ).rejects.toThrow();

    await rig.services.resumeRun(runId, {}, 'ann');

    expect(rig.engine.completed).toEqual(['held']);
  });

  it('releases a hold that was parked while it was deciding', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.pauseRun(runId, {}, 'ann');
    const store = { ...rig.store, ...holdMeanwhile(rig, runId) };

    await resumeRun({ store, engine: rig.engine, clock: rig.clock, log: silent })(runId, {}, 'ann');

    expect(rig.engine.completed).toEqual(['raced']);
    expect(await rig.store.get(runId)).toMatchObject({ status: 'running' });
  });

  it('is refused once the run is being aborted', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.abortRun(runId, {}, 'ann');

    await expect(rig.services.resumeRun(runId, {}, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });
  });
});

describe('abortRun', () => {
  it('wakes every batch that waits for its agent, and no other', async () => {
    const rig = newRig(hosts(3));
    const runId = await waiting(rig);

    await rig.services.abortRun(runId, { reason: 'wrong fleet' }, 'bob');

    expect([...rig.engine.completed].sort()).toEqual(['at a1-g0-s0-p0-x0-b0', 'at a1-g0-s0-p0-x0-b1']);
    expect(await rig.store.get(runId)).toMatchObject({
      status: 'aborting',
      control: 'abort',
      reason: 'Aborted by bob: wrong fleet',
    });
  });

  it('keeps the first word when asked twice', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.abortRun(runId, { reason: 'first' }, 'ann');
    await rig.services.abortRun(runId, { reason: 'second' }, 'bob');

    expect((await rig.store.get(runId))?.reason).toBe('Aborted by ann: first');
  });

  it('releases a held run, also when the hold was parked while it was deciding', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.pauseRun(runId, {}, 'ann');

    const store = { ...rig.store, ...holdMeanwhile(rig, runId) };

    await abortRun({ store, engine: rig.engine, clock: rig.clock, log: silent })(runId, {}, 'ann');

    expect(rig.engine.completed).toEqual(['raced']);
  });

  it('is refused at the end of a run', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);

    await expect(rig.services.abortRun(runId, {}, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });
  });
});

describe('an attempt that has not begun', () => {
  it('is over as soon as it is aborted, also when its execution never comes, and stays so when it does', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);

    await rig.services.abortRun(runId, { reason: 'wrong one' }, 'ann');
    const ended = await rig.records(runId);

    expect(await rig.services.viewRun(runId)).toMatchObject({
      status: 'aborted',
      reason: 'Aborted by ann: wrong one',
      attempts: [{ status: 'aborted', reason: 'Aborted by ann: wrong one' }],
    });
    await rig.services.abortRun(runId, {}, 'bob');
    expect(await driveAttempt(rig, runId)).toBe('aborted');
    expect(await rig.records(runId)).toEqual(ended);
    expect(rig.aws.sends).toEqual([]);
  });

  it('is started by a resume when the request that added it could not', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.services.pauseRun(runId, {}, 'ann');
    await rig.services.resumeRun(runId, {}, 'ann');

    expect(await rig.store.get(runId)).toMatchObject({ status: 'queued', control: 'go' });
    expect(rig.engine.started).toEqual([`${runId}-1`, `${runId}-1`]);
    expect(await driveAttempt(rig, runId)).toBe('succeeded');
  });

  it('ends as aborted, whoever of the abort and the start comes first', async () => {
    const rig = newRig();
    for (let round = 0; round < 5; round += 1) {
      const runId = await rig.submit(groups);
      await Promise.all([rig.tasks.startRun({ runId, attempt: 1 }), rig.services.abortRun(runId, {}, 'ann')]);
      expect(await driveAttempt(rig, runId)).toBe('aborted');
    }
  });
});

describe('abortRun after the batches under way', () => {
  const twoOps = [{ name: 'g', maxConcurrency: 1, phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];

  it('lets a batch that has begun go through its operations, begins no other one, and ends as aborted', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit(twoOps);
    const { batches, sliceId } = await openFirst(rig, runId);
    await invoke(rig, runId, batches[0]!);

    await rig.services.abortRun(runId, { reason: 'enough', afterBatch: true }, 'ann');
    for (const batchId of batches) await driveBatch(rig, runId, batchId);
    await rig.tasks.closePhase({ runId, sliceId });

    expect(await driveAttempt(rig, runId)).toBe('aborted');
    const view = await rig.services.viewRun(runId);
    expect(view).toMatchObject({ reason: 'Aborted by ann: enough', control: 'drain' });
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 1, pending: 2 });
    expect(view.stops).toBeUndefined();
    expect(rig.aws.sends.map((one) => one.instanceIds)).toEqual([['i-001'], ['i-001']]);
  });

  it('gives way to an abort, and does not take one back', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.abortRun(runId, { afterBatch: true }, 'ann');
    await rig.services.abortRun(runId, { afterBatch: true }, 'bob');
    expect(await rig.store.get(runId)).toMatchObject({ control: 'drain', reason: 'Aborted by ann' });
    await rig.services.abortRun(runId, {}, 'bob');
    await rig.services.abortRun(runId, { afterBatch: true }, 'cid');

    expect(await rig.store.get(runId)).toMatchObject({
      control: 'abort',
      reason: 'Aborted by bob',
      status: 'aborting',
    });
    await expect(rig.services.pauseRun(runId, {}, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });
  });

  it('ends a paused run', async () => {
    const rig = newRig();
    const runId = await running(rig);
    await rig.services.pauseRun(runId, {}, 'ann');
    expect(await driveAttempt(rig, runId)).toBe('held');

    await rig.services.abortRun(runId, { afterBatch: true }, 'ann');

    expect(rig.engine.completed).toEqual([`hold of ${runId}`]);
    expect(await driveAttempt(rig, runId)).toBe('aborted');
  });
});

describe('operators who ask at the same time', () => {
  it('leave the run with one word, and every request is granted or refused with the reason', async () => {
    const rig = newRig();
    for (let round = 0; round < 6; round += 1) {
      const runId = await running(rig);
      const asked = await Promise.allSettled([
        rig.services.pauseRun(runId, {}, 'ann'),
        rig.services.abortRun(runId, {}, 'bob'),
        rig.services.resumeRun(runId, {}, 'cid'),
        rig.services.abortRun(runId, { afterBatch: true }, 'dan'),
        rig.services.pauseRun(runId, {}, 'eve'),
      ]);
      for (const one of asked)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'run.conflict' });
      expect(await rig.store.get(runId)).toMatchObject({ control: 'abort', status: 'aborting' });
      expect(await driveAttempt(rig, runId)).toBe('aborted');
    }
  });
});

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The run is held after it was read for the first time. */
const holdMeanwhile = (rig: Rig, runId: RunId) => {
  let reads = 0;
  return {
    get: async (id: RunId) => {
      const run = await rig.store.get(id);
      reads += 1;
      if (reads === 1) await rig.tasks.hold({ runId, attempt: 1, token: 'raced' });
      return run;
    },
  };
};
