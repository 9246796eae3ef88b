import { describe, expect, it } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt, driveBatch, driveSlice, invoke, openFirst } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';

const newRig = useRigs();

const p = { name: 'p', operations: [op('a'), op('b')] };
const q = { name: 'q', operations: [op('c')] };
const phases = async (rig: Rig, runId: RunId) =>
  (await rig.services.viewRun(runId)).groups.flatMap((group) =>
    group.phases.map((phase) => [phase.name, phase.status, phase.nodeCount, phase.counts]),
  );

describe('viewRun', () => {
  it('shows a run that has not started with all its phases pending', async () => {
    const rig = newRig();
    const runId = await rig.submit([
      { name: 'g', phases: [p] },
      { name: 'h', strategy: 'grayScale', phases: [q] },
    ]);

    const view = await rig.services.viewRun(runId);

    expect(view).toMatchObject({ status: 'queued', attempt: 1, job: { name: 'roll' }, params: {} });
    expect(view.groups.map((group) => [group.name, group.status, group.nodeCount, group.rounds])).toEqual([
      ['g', 'pending', 0, 0],
      ['h', 'pending', 0, 0],
    ]);
    expect(view.groups[0]?.phases[0]?.operations).toEqual(['a', 'b']);
  });

  it('counts live while batches are under way', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 1, phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    await driveBatch(rig, runId, batches[0]!);
    await invoke(rig, runId, batches[1]!);

    expect(await phases(rig, runId)).toEqual([['p', 'running', 3, { pending: 1, running: 1, succeeded: 1 }]]);
  });

  it('shows rounds, and phases whose later rounds are still to come as running', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', strategy: 'grayScale', rounds: [1, '100%'], phases: [p, q] }]);
    const { sliceId } = await openFirst(rig, runId);
    await driveSlice(rig, runId, sliceId);

    const [group] = (await rig.services.viewRun(runId)).groups;

    expect(group).toMatchObject({ rounds: 2, nodeCount: 3, status: 'running' });
    expect(group?.phases.map((phase) => [phase.status, phase.counts])).toEqual([
      ['running', { succeeded: 1 }],
      ['pending', {}],
    ]);
    expect(group?.phases[0]?.slices).toMatchObject([{ round: 1, rounds: 2, attempt: 1, nodeCount: 1 }]);
  });

  it('counts each node once over several attempts: as it stands after the last one', async () => {
    const rig = newRig(hosts(4));
    rig.script.answer = ({ instanceId }) => ({ exit: ['i-002', 'i-003'].includes(instanceId) ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: '100%', phases: [p] }]);
    await driveAttempt(rig, runId);
    expect(await phases(rig, runId)).toEqual([['p', 'failed', 4, { succeeded: 2, failed: 2 }]]);
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-003' ? 1 : 0 });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    await driveAttempt(rig, runId, 2);
    expect(await phases(rig, runId)).toEqual([['p', 'failed', 4, { succeeded: 3, failed: 1 }]]);
    rig.script.answer = () => ({ exit: 0 });
    await rig.services.continueRun(runId, { mode: 'force', only: { nodes: [host('i-001').id] } }, 'ann');
    await driveAttempt(rig, runId, 3);
    expect(await phases(rig, runId)).toEqual([['p', 'failed', 4, { succeeded: 3, failed: 1 }]]);
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');

    expect(await driveAttempt(rig, runId, 4)).toBe('succeeded');

    expect(await phases(rig, runId)).toEqual([['p', 'succeeded', 4, { succeeded: 4 }]]);
  });

  it('counts each node once over the passes that a pause makes of a slice', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 1, phases: [p] }]);
    const { sliceId, batches } = await openFirst(rig, runId);
    await driveBatch(rig, runId, batches[0]!);
    await rig.services.pauseRun(runId, {}, 'ann');
    await driveSlice(rig, runId, sliceId);
    expect(await phases(rig, runId)).toEqual([['p', 'paused', 3, { succeeded: 1, pending: 2 }]]);
    await rig.services.resumeRun(runId, {}, 'ann');

    expect(await driveAttempt(rig, runId)).toBe('succeeded');

    expect(await phases(rig, runId)).toEqual([['p', 'succeeded', 3, { succeeded: 3 }]]);
  });

  it('says paused of what the budget kept from starting, and pending of groups that it kept from being reached', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = () => ({ exit: 1 });
    const runId = await rig.submit([
      { name: 'g', strategy: 'grayScale', rounds: [1, '100%'], phases: [p, q] },
      { name: 'h', phases: [{ name: 'r', operations: [op('d')] }] },
    ]);

    expect(await driveAttempt(rig, runId)).toBe('failed');

    expect((await phases(rig, runId)).map(([name, status]) => [name, status])).toEqual([
      ['p', 'failed'],
      ['q', 'paused'],
      ['r', 'pending'],
    ]);
  });

  it('shows nothing under way after the end of a run whose execution broke', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    await invoke(rig, runId, batches[0]!);
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'store.unavailable', Cause: 'no answer' } });

    const view = await rig.services.viewRun(runId);

    expect(view).toMatchObject({ status: 'failed', reason: 'store.unavailable: no answer' });
    expect(view.groups[0]?.phases[0]).toMatchObject({
      ...{ status: 'paused', counts: { pending: 2 }, slices: [{ status: 'paused', counts: { pending: 2 } }] },
    });
    const { items } = await rig.services.listNodeRows(runId, { limit: 10 });
    expect(items.map((row) => row.status)).toEqual(['pending', 'pending']);
  });

  it('refuses a run that is not there', async () => {
    await expect(newRig().services.viewRun(newRunId())).rejects.toMatchObject({ code: 'run.not-found' });
  });
});

describe('listRuns', () => {
  it('gives summaries, newest first, in pages', async () => {
    const rig = newRig();
    const runIds = [];
    for (let n = 0; n < 3; n += 1) runIds.push(await rig.submit([{ name: 'g', phases: [p] }]));

    const first = await rig.services.listRuns({ limit: 2 });
    const second = await rig.services.listRuns({ limit: 2, cursor: first.cursor });

    expect(first.items.map((run) => run.runId)).toEqual([runIds[2], runIds[1]]);
    expect(second.items[0]).toMatchObject({ runId: runIds[0], status: 'queued', attempt: 1, actor: 'ann' });
    expect(first.items[0]).not.toHaveProperty('groups');
  });
});
