import { describe, expect, it } from 'vitest';
import { driveAttempt } from '#test/kit/drive.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';
import { aRun } from '#test/kit/store-samples.ts';

const newRig = useRigs();
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }];

/** Runs of earlier tests are in the same table: their attempts are taken from the list first. */
const onlyMine = async (rig: Rig) => {
  for (const one of await rig.store.listOpen()) await rig.store.forgetOpen(one);
};
const openRuns = async (rig: Rig) => (await rig.store.listOpen()).map(({ runId, attempt }) => `${runId}-${attempt}`);

describe('sweepRuns', () => {
  it('leaves a run alone whose execution goes on', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const before = await rig.records(runId);

    expect(await rig.tasks.sweepRuns({})).toEqual({ open: 1, started: 0, settled: 0, failed: 0 });

    expect(await rig.records(runId)).toEqual(before);
    expect(rig.engine.started).toHaveLength(1);
  });

  it('starts a run that was written, and whose start was lost', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    rig.engine.started.length = 0;

    expect(await rig.tasks.sweepRuns({})).toMatchObject({ open: 1, started: 1 });
    expect(await rig.tasks.sweepRuns({})).toMatchObject({ open: 1, started: 0 });

    expect(rig.engine.started).toEqual([`${runId}-1`]);
    expect(await driveAttempt(rig, runId)).toBe('succeeded');
  });

  it('goes on with a run of which no execution is known any more, from where it is', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    rig.engine.executions.set(`${runId}-1`, { state: 'absent' });

    expect(await rig.tasks.sweepRuns({})).toMatchObject({ started: 1, settled: 0 });

    expect(rig.engine.started).toEqual([`${runId}-1`, `${runId}-1`]);
    expect(await driveAttempt(rig, runId)).toBe('succeeded');
  });

  it('settles a run whose execution failed unheard, and forgets it', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    rig.engine.executions.set(`${runId}-1`, { state: 'ended', error: { Error: 'States.Runtime', Cause: 'too long' } });

    expect(await rig.tasks.sweepRuns({})).toMatchObject({ open: 1, settled: 1 });

    expect(await rig.store.get(runId)).toMatchObject({ status: 'failed', reason: 'States.Runtime: too long' });
    expect(await openRuns(rig)).toEqual([]);
    expect(await rig.tasks.sweepRuns({})).toMatchObject({ open: 0 });
  });

  it('does not let two sweeps and the event of the same end write more than one', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    rig.engine.executions.set(`${runId}-1`, { state: 'ended', error: { Error: 'States.Timeout' } });

    await Promise.all([
      rig.tasks.sweepRuns({}),
      rig.tasks.sweepRuns({}),
      rig.tasks.settleRun({ runId, attempt: 1 }),
      rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'States.Timeout' } }),
    ]);

    expect(rig.events.filter((event) => event === 'run.finished').length).toBeGreaterThan(0);
    const run = await rig.store.get(runId);
    expect(run).toMatchObject({ status: 'failed', version: 3 });
  });

  it('forgets an attempt that is over only when its execution is, and never the next one', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    await rig.tasks.sweepRuns({});
    expect(await openRuns(rig)).toEqual([`${runId}-1`]);

    rig.engine.executions.set(`${runId}-1`, { state: 'ended', error: { Error: '' } });
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    await rig.tasks.sweepRuns({});

    expect(await openRuns(rig)).toEqual([`${runId}-2`]);
  });

  it('waits an hour for an attempt that was noted and is not there, then forgets it', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const { runId } = aRun();
    await rig.store.noteOpen({ runId, attempt: 1 });
    await rig.tasks.sweepRuns({});
    expect(await openRuns(rig)).toEqual([`${runId}-1`]);

    rig.clock.advance(3601);
    await rig.tasks.sweepRuns({});

    expect(await openRuns(rig)).toEqual([]);
  });

  it('goes on to the others when one cannot be looked after', async () => {
    const rig = newRig();
    await onlyMine(rig);
    const broken = aRun({ jobBlob: 'jobs/not-there.json' });
    await rig.store.noteOpen({ runId: broken.runId, attempt: 1 });
    await rig.store.create(broken);
    const runId = await rig.submit(groups);
    for (const id of [broken.runId, runId])
      rig.engine.executions.set(`${id}-1`, { state: 'ended', error: { Error: 'States.Timeout' } });

    expect(await rig.tasks.sweepRuns({})).toEqual({ open: 2, started: 0, settled: 1, failed: 1 });

    expect(rig.events).toContain('run.not-swept');
    expect((await rig.store.get(runId))?.status).toBe('failed');
  });
});
