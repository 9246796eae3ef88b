import { describe, expect, it } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt, driveGroup, driveSlice, invoke } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const work = { name: 'p', operations: [op('a')] };
const rounds = { name: 'g', strategy: 'grayScale', rounds: [1, '100%'], soak: '10m', phases: [work] };
const next = (rig: Rig, runId: RunId, group = 0, attempt = 1) => rig.tasks.nextStage({ runId, attempt, group });
const started = async (rig: Rig, ...[groups, more]: Parameters<Rig['submit']>) => {
  const runId = await rig.submit(groups, more);
  await rig.tasks.startRun({ runId, attempt: 1 });
  return runId;
};

describe('nextStage', () => {
  it('freezes the targets in its first call: what the clouds say later changes nothing', async () => {
    const rig = newRig(hosts(2));
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);
    const first = await next(rig, runId);
    const before = await rig.records(runId);
    rig.inventory.nodes = hosts(5);
    rig.clock.advance(60);

    expect(await next(rig, runId)).toEqual({ ...first, until: new Date(rig.clock.now()).toISOString() });

    expect(first).toMatchObject({ kind: 'run', slices: ['a1-g0-s0-p0-x0'] });
    expect(await rig.records(runId)).toEqual(before);
    expect(await rig.store.getGroup(runId, 1, 0)).toMatchObject({ nodeCount: 2, status: 'running' });
  });

  it('freezes one list when two first calls come at once', async () => {
    const rig = newRig(hosts(2));
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);

    const both = await Promise.all([next(rig, runId), next(rig, runId)]);

    expect(both[0]).toEqual(both[1]);
    expect(await rig.store.listGroups(runId)).toHaveLength(1);
  });

  it('resolves a later group when its turn comes, so that an earlier one can change what it finds', async () => {
    const rig = newRig(hosts(2));
    const runId = await started(rig, [
      { name: 'g', phases: [work] },
      { name: 'h', phases: [{ name: 'q', operations: [op('b')] }] },
    ]);
    expect(await driveGroup(rig, runId, 1, 0)).toBe('done');
    rig.inventory.nodes = hosts(4);

    await next(rig, runId, 1);

    expect((await rig.store.getGroup(runId, 1, 1))?.nodeCount).toBe(4);
  });

  it('takes over the targets of the attempt before, so that rounds stay what they were', async () => {
    const rig = newRig(hosts(3));
    const runId = await started(rig, [rounds]);
    rig.script.answer = () => ({ exit: 1 });
    await driveAttempt(rig, runId);
    rig.inventory.nodes = hosts(9);
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    await rig.tasks.startRun({ runId, attempt: 2 });

    await next(rig, runId, 0, 2);

    const [one, two] = await rig.store.listGroups(runId);
    expect(two).toMatchObject({
      attempt: 2,
      nodeCount: 3,
      targetsBlob: one?.targetsBlob,
      tallies: {},
      stopped: false,
    });
  });

  it('lets no group begin before the one before it is done', async () => {
    const rig = newRig();
    const runId = await started(rig, [
      { name: 'g', phases: [work] },
      { name: 'h', phases: [{ name: 'q', operations: [op('b')] }] },
    ]);

    expect((await next(rig, runId, 1)).kind).toBe('failed');
    await next(rig, runId, 0);
    expect((await next(rig, runId, 1)).kind).toBe('failed');

    expect(await rig.store.getGroup(runId, 1, 1)).toBeUndefined();
    await driveGroup(rig, runId, 1, 0);
    expect((await next(rig, runId, 1)).kind).toBe('run');
  });

  it('does not wait for a group that the attempt leaves out', async () => {
    const rig = newRig();
    const groups = ['g', 'h', 'i'].map((name) => ({ name, phases: [{ name: `p${name}`, operations: [op(name)] }] }));
    const runId = await started(rig, groups, { only: { groups: ['g', 'i'] } });
    await driveGroup(rig, runId, 1, 0);

    expect((await next(rig, runId, 2)).kind).toBe('run');
  });

  it('soaks between rounds: the end is set once, is waited for, and then the next round begins', async () => {
    const rig = newRig(hosts(3));
    const runId = await started(rig, [rounds]);
    const first = await next(rig, runId);
    await driveSlice(rig, runId, first.slices[0]!);
    const until = new Date(rig.clock.now() + 600_000).toISOString();

    expect(await next(rig, runId)).toEqual({ kind: 'soak', slices: [], until, look: 1 });
    rig.clock.advance(599);
    expect(await next(rig, runId)).toEqual({ kind: 'soak', slices: [], until, look: 1 });
    rig.clock.advance(1);

    expect(await next(rig, runId)).toMatchObject({ kind: 'run', slices: ['a1-g0-s1-p0-x0'] });
    await driveSlice(rig, runId, (await next(rig, runId)).slices[0]!);
    expect((await next(rig, runId)).kind).toBe('done');
  });

  it('holds while the run is paused, in the middle of a soak too, and goes on after the resume', async () => {
    const rig = newRig(hosts(3));
    const runId = await started(rig, [rounds]);
    await driveSlice(rig, runId, (await next(rig, runId)).slices[0]!);
    const { until } = await next(rig, runId);
    await rig.services.pauseRun(runId, {}, 'ann');

    expect((await next(rig, runId)).kind).toBe('hold');
    await rig.services.resumeRun(runId, {}, 'ann');

    expect(await next(rig, runId)).toMatchObject({ kind: 'soak', until });
  });

  it('fails the group once its budget is spent, and when the run is being aborted', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = () => ({ exit: 1 });
    const spent = await started(rig, [rounds]);
    await driveSlice(rig, spent, (await next(rig, spent)).slices[0]!);
    const aborted = await started(rig, [rounds]);
    await rig.services.abortRun(aborted, {}, 'ann');

    expect((await next(rig, spent)).kind).toBe('failed');
    expect((await next(rig, aborted)).kind).toBe('failed');

    expect(await rig.store.getGroup(spent, 1, 0)).toMatchObject({ status: 'failed', stopped: true });
    expect(await rig.store.getGroup(aborted, 1, 0)).toBeUndefined();
  });

  it('takes up what a broken execution left under way in a run that was aborted meanwhile', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = () => ({ state: 'running' });
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);
    const { batches } = await rig.tasks.openPhase({ runId, sliceId: (await next(rig, runId)).slices[0]! });
    const sent = await invoke(rig, runId, batches[0]!);
    await rig.services.abortRun(runId, {}, 'ann');

    // The engine starts from the beginning.
    const { slices } = await next(rig, runId);
    expect(slices).toEqual(['a1-g0-s0-p0-x0']);
    rig.script.answer = () => ({ state: 'cancelled' });
    await driveSlice(rig, runId, slices[0]!);

    expect(rig.aws.cancels).toHaveLength(1);
    const results = await rig.store.listResults(runId, sent.batchId);
    expect(results.map((one) => one.outcome.status)).toEqual(['aborted', 'aborted']);
    expect((await next(rig, runId)).kind).toBe('failed');
    expect(await rig.store.getGroup(runId, 1, 0)).toMatchObject({ status: 'failed' });
  });

  it('is done with a group without nodes once its slices are closed as skipped', async () => {
    const rig = newRig(hosts(1));
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);
    rig.inventory.nodes = [];

    expect(await driveGroup(rig, runId, 1, 0)).toBe('done');

    expect((await rig.store.listSlices(runId)).map((one) => [one.status, one.nodeCount])).toEqual([['skipped', 0]]);
    expect(rig.aws.sends).toEqual([]);
  });

  it('says what it looked for when no runner is online', async () => {
    const rig = newRig([...hosts(1), runnerNode()]);
    const runId = await started(rig, [{ name: 'g', phases: [{ ...work, on: 'runner' }] }]);
    rig.inventory.nodes = [...hosts(1), runnerNode({ online: false })];

    await expect(next(rig, runId)).rejects.toMatchObject({
      code: 'plan.no-runner',
      hint: expect.stringContaining('i-runner'),
    });
  });

  it('runs on the caller’s own nodes, with what the inventory says of their agents', async () => {
    const rig = newRig(hosts(2));
    const { online: _online, ...node } = host('svc-a', { instanceId: 'i-002' });
    const { runId } = await rig.services.submitRun({
      request: { job: jobWithoutTargets, params: {}, only: {}, nodes: [node, { ...node, id: host('svc-b').id }] },
      actor: 'ann',
    });
    await rig.tasks.startRun({ runId, attempt: 1 });

    await next(rig, runId);

    const record = await rig.store.getGroup(runId, 1, 0);
    const text = new TextDecoder().decode(await rig.blobs.get(record?.targetsBlob ?? ''));
    expect(JSON.parse(text).nodes).toMatchObject([
      { node: { id: 'svc-a', instanceId: 'i-002' }, online: true },
      { node: { id: 'svc-b' }, online: true },
    ]);
  });

  it('changes nothing for an attempt that another one followed, nor after the run has ended', async () => {
    const rig = newRig(hosts(3));
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);
    await driveAttempt(rig, runId);
    const ended = await rig.records(runId);
    rig.clock.advance(60);

    expect((await next(rig, runId)).slices).toEqual([]);
    expect(await rig.records(runId)).toEqual(ended);
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    const followed = await rig.records(runId);

    expect((await next(rig, runId)).kind).toBe('failed');
    expect(await rig.records(runId)).toEqual(followed);
  });

  it('refuses a group that the job does not have', async () => {
    const rig = newRig();
    const runId = await started(rig, [{ name: 'g', phases: [work] }]);

    await expect(next(rig, runId, 7)).rejects.toMatchObject({ code: 'record.missing' });
  });
});

const jobWithoutTargets = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'own' },
  spec: { groups: [{ name: 'g', phases: [work] }] },
};
