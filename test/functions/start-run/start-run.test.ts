import { describe, expect, it } from 'vitest';
import { driveAttempt } from '#test/kit/drive.ts';
import { op, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groups = [
  { name: 'check', phases: [{ name: 'look', operations: [op('a')] }] },
  { name: 'roll', phases: [{ name: 'work', operations: [op('b')] }] },
];

describe('startRun', () => {
  it('marks the run as running and names its groups', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    rig.clock.advance(5);

    expect(await rig.tasks.startRun({ runId, attempt: 1 })).toEqual({ groups: [0, 1] });

    const startedAt = new Date(rig.clock.now()).toISOString();
    expect(await rig.store.get(runId)).toMatchObject({
      status: 'running',
      startedAt,
      attempts: [{ attempt: 1, status: 'running', startedAt }],
    });
  });

  it('gives the same answer and leaves the same records when it is delivered again later', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    const first = await rig.tasks.startRun({ runId, attempt: 1 });
    const before = await rig.records(runId);
    rig.clock.advance(60);

    expect(await rig.tasks.startRun({ runId, attempt: 1 })).toEqual(first);

    expect(await rig.records(runId)).toEqual(before);
  });

  it('names only the groups that the attempt wants', async () => {
    const rig = newRig();

    const byGroup = await rig.submit(groups, { only: { groups: ['roll'] } });
    const byPhase = await rig.submit(groups, { only: { phases: ['look'] } });

    expect(await rig.tasks.startRun({ runId: byGroup, attempt: 1 })).toEqual({ groups: [1] });
    expect(await rig.tasks.startRun({ runId: byPhase, attempt: 1 })).toEqual({ groups: [0] });
  });

  it('gives no groups after the run has ended, and leaves it as it ended', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    expect(await driveAttempt(rig, runId)).toBe('succeeded');
    const before = await rig.records(runId);

    expect(await rig.tasks.startRun({ runId, attempt: 1 })).toEqual({ groups: [] });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('gives no groups to an attempt that another one followed', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    const before = await rig.records(runId);

    expect(await rig.tasks.startRun({ runId, attempt: 1 })).toEqual({ groups: [] });

    expect(await rig.records(runId)).toEqual(before);
    expect((await rig.tasks.startRun({ runId, attempt: 2 })).groups).toEqual([0, 1]);
  });

  it('notes the start of a run that was paused before it started, and leaves it paused', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.services.pauseRun(runId, {}, 'ann');

    expect((await rig.tasks.startRun({ runId, attempt: 1 })).groups).toEqual([0, 1]);

    const startedAt = new Date(rig.clock.now()).toISOString();
    expect(await rig.store.get(runId)).toMatchObject({ status: 'pausing', startedAt, attempts: [{ startedAt }] });
  });

  it('refuses a run that is not there', async () => {
    const rig = newRig();

    await expect(
      rig.tasks.startRun({ runId: (await newRig().submit(groups)).replace(/^01/, '02') as never, attempt: 1 }),
    ).rejects.toMatchObject({ code: 'run.not-found' });
  });
});
