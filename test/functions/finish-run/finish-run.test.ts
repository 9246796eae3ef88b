import { describe, expect, it } from 'vitest';
import { driveAttempt, driveGroup } from '#test/kit/drive.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groups = [
  { name: 'g', maxFailures: '50%', phases: [{ name: 'p', operations: [op('a', { failIgnore: true }), op('b')] }] },
  { name: 'h', phases: [{ name: 'q', operations: [op('c')] }] },
];
const fine = { Error: '', Cause: '' };
const failing = (rig: Rig, operation: string) => {
  rig.script.answer = (question) => ({
    exit: question.instanceId === 'i-001' && question.operation === operation ? 1 : 0,
  });
};

describe('finishRun', () => {
  it.each([
    ['succeeded when everything succeeded', '', 'succeeded'],
    ['completed when a failure was tolerated', 'a', 'completed'],
    ['failed when a node failed, also within the budget', 'b', 'failed'],
  ])('ends a run as %s', async (_, operation, status) => {
    const rig = newRig();
    failing(rig, operation);
    const runId = await rig.submit(groups);

    expect(await driveAttempt(rig, runId)).toBe(status);

    const endedAt = new Date(rig.clock.now()).toISOString();
    expect(await rig.store.get(runId)).toMatchObject({ status, endedAt, attempts: [{ status, endedAt }] });
  });

  it('gives the same answer and leaves the same records when it is delivered again later', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    const status = await driveAttempt(rig, runId);
    const before = await rig.records(runId);
    rig.clock.advance(60);

    expect(await rig.tasks.finishRun({ runId, attempt: 1, error: fine })).toEqual({ status });
    expect(await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'internal.bug' } })).toEqual({ status });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('does not end a later attempt', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    const before = await rig.records(runId);

    expect(await rig.tasks.finishRun({ runId, attempt: 1, error: fine })).toEqual({ status: 'queued' });

    expect(await rig.records(runId)).toEqual(before);
  });

  it('says in a sentence what broke the orchestrator, and fails the run', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const Cause = JSON.stringify({ errorType: 'plan.no-runner', errorMessage: 'No runner is "online"', trace: ['x'] });

    const { status } = await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'plan.no-runner', Cause } });

    expect(status).toBe('failed');
    const reason = 'plan.no-runner: No runner is "online"';
    expect(await rig.store.get(runId)).toMatchObject({ reason, attempts: [{ reason }] });
  });

  it('keeps the reason short whatever the cause is', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);

    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'States.Runtime', Cause: 'x'.repeat(30_000) } });

    expect((await rig.store.get(runId))?.reason).toHaveLength(1024);
  });

  it('gives no reason of its own when a group failed by its nodes', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    rig.script.answer = () => ({ exit: 1 });

    expect(await driveAttempt(rig, runId)).toBe('failed');

    expect((await rig.store.get(runId))?.reason).toBeUndefined();
  });

  it('ends an aborted run as aborted and keeps who aborted it, but as succeeded when all was done', async () => {
    const rig = newRig();
    const early = await rig.submit(groups);
    await rig.services.abortRun(early, {}, 'bob');
    const late = await rig.submit(groups);
    await rig.tasks.startRun({ runId: late, attempt: 1 });
    for (const group of [0, 1]) await driveGroup(rig, late, 1, group);
    await rig.services.abortRun(late, {}, 'bob');

    expect(await driveAttempt(rig, early)).toBe('aborted');
    expect((await rig.tasks.finishRun({ runId: late, attempt: 1, error: fine })).status).toBe('succeeded');

    expect((await rig.store.get(early))?.reason).toBe('Aborted by bob');
  });

  it('forgets a pause that came when nothing was left to hold', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.tasks.startRun({ runId, attempt: 1 });
    for (const group of [0, 1]) await driveGroup(rig, runId, 1, group);
    await rig.services.pauseRun(runId, { reason: 'late' }, 'ann');

    expect((await rig.tasks.finishRun({ runId, attempt: 1, error: fine })).status).toBe('succeeded');

    expect((await rig.store.get(runId))?.reason).toBeUndefined();
  });

  it('looks only at the parts that the attempt wanted', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups, { only: { groups: ['h'] } });

    expect(await driveAttempt(rig, runId)).toBe('succeeded');

    const view = await rig.services.viewRun(runId);
    expect(view.groups.map((group) => group.status)).toEqual(['pending', 'succeeded']);
  });

  it('can still succeed after an attempt whose slice was left open', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups, { only: { groups: ['g'] } });
    await rig.tasks.startRun({ runId, attempt: 1 });
    const { slices } = await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
    const { batches } = await rig.tasks.openPhase({ runId, sliceId: slices[0]! });
    await rig.tasks.invokeOperation({ runId, batchId: batches[0]! });
    const error = { Error: 'store.unavailable', Cause: 'The table does not answer.' };
    expect((await rig.tasks.finishRun({ runId, attempt: 1, error })).status).toBe('failed');
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');

    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');

    const { groups: views } = await rig.services.viewRun(runId);
    expect(views[0]?.phases[0]).toMatchObject({ status: 'succeeded', counts: { succeeded: 3 } });
    expect(views[0]?.phases[0]?.counts).toEqual({ succeeded: 3 });
  });
});
