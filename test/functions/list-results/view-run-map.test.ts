import { describe, expect, it } from 'vitest';
import { viewRunMap } from '#functions/list-results/view-run-map.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import type { RunMap } from '#shared/contract/map-views.ts';
import { parseSliceId, type RunId } from '#shared/model/ids.ts';
import { awaitAndLook, driveAttempt, driveBatch, driveSlice, invoke, openFirst } from '#test/kit/drive.ts';
import { rowsOnMap } from '#test/kit/map-rows.ts';
import { host, hosts, jobOf, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';
import { expectSameRows } from './expect-same-rows.ts';

const newRig = useRigs();

const p = { name: 'p', operations: [op('a'), op('b')] };
const q = { name: 'q', operations: [op('c')] };
const letters = (map: RunMap) => map.groups.map(({ phases }) => phases.map(({ statuses }) => statuses).join(' '));
const drawn = async (rig: Rig, runId: RunId, attempt?: number) =>
  letters(await rig.services.viewRunMap(runId, attempt === undefined ? {} : { attempt }));

describe('the map of a run', () => {
  it('has its groups and phases before their nodes are known', async () => {
    const rig = newRig();
    const runId = await rig.submit([{ name: 'g', phases: [p, q] }]);

    expect(await rig.services.viewRunMap(runId)).toEqual({
      ...{ runId, attempt: 1, status: 'queued', lists: expect.stringMatching(/^[0-9a-f]{32}$/) },
      groups: [
        {
          ...{ name: 'g', nodeIds: [], names: [] },
          phases: [
            { name: 'p', on: 'target', statuses: '' },
            { name: 'q', on: 'target', statuses: '' },
          ],
        },
      ],
    });
  });

  it('has nodes once, and a letter for each of them in each phase', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 1, maxFailures: 1, phases: [p, q] }]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
    const planned = await drawn(rig, runId);
    const { batches } = await openFirst(rig, runId);
    rig.script.answer = ({ operation }) => ({ exit: operation === 'b' ? 3 : 0 });
    await driveBatch(rig, runId, batches[0]!);
    await invoke(rig, runId, batches[1]!);

    const map = await rig.services.viewRunMap(runId);
    expect(planned).toEqual(['ppp ppp']);
    expect(map).toMatchObject({ status: 'running', groups: [{ nodeIds: ['i-001', 'i-002', 'i-003'] }] });
    expect(map.groups[0]?.names).toEqual(['h-1', 'h-2', 'h-3']);
    expect(letters(map)).toEqual(['frp ppp']);
    await expectSameRows(rig, runId);
  });

  it('shows what came of a node while others of its batch go on', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    const first = await invoke(rig, runId, batches[0]!);
    rig.script.answer = ({ instanceId }) =>
      instanceId === 'i-003' ? { state: 'running', rawStatus: 'InProgress' } : { exit: instanceId === 'i-001' ? 1 : 0 };
    await awaitAndLook(rig, { ...first, look: 1 });

    expect(await drawn(rig, runId)).toEqual(['frr']);
    await expectSameRows(rig, runId);
  });

  it('shows where somebody is asked', async () => {
    const rig = newRig([...hosts(1), runnerNode()]);
    const ask = { id: 'ask', waitInput: { message: 'Go on?', options: ['yes', 'no'] } };
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', on: 'runner', operations: [ask] }] }]);
    const { batches } = await openFirst(rig, runId);
    await invoke(rig, runId, batches[0]!);

    expect(await drawn(rig, runId)).toEqual(['w']);
    expect(await expectSameRows(rig, runId)).toEqual(['g p round 0 i-runner runner waitingInput']);
    expect(await rig.services.listNodeRows(runId, { limit: 1, status: ['waitingInput'] })).toMatchObject({
      items: [{ nodeId: 'i-runner', operation: 'ask' }],
    });
    await rig.services.decideGate(runId, { decision: 'answer', answer: ['yes'] }, 'ann');
    await driveBatch(rig, runId, batches[0]!);
    expect(await drawn(rig, runId)).toEqual(['s']);
  });

  it('says nothing of nodes in a phase that was left out for them', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-001' ? 1 : 0 });
    const runId = await rig.submit([
      { name: 'g', strategy: 'grayScale', rounds: ['100%'], maxFailures: 2, phases: [p, q] },
    ]);
    await driveAttempt(rig, runId);

    expect(await drawn(rig, runId)).toEqual(['fs .s']);
    await expectSameRows(rig, runId);
  });

  it('has runners by themselves, in each round that they serve', async () => {
    const rig = newRig([...hosts(2), runnerNode()]);
    const say = { name: 'say', on: 'runner', round: 'every', operations: [op('s')] };
    const probe = { name: 'probe', on: 'runnerPerTarget', operations: [op('t')] };
    const runId = await rig.submit([
      { name: 'g', strategy: 'grayScale', rounds: [1, '100%'], phases: [probe, say] },
      { name: 'h', phases: [q] },
    ]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const { slices } = await openFirst(rig, runId).then(() => rig.tasks.nextStage({ runId, attempt: 1, group: 0 }));
    await driveSlice(rig, runId, slices[0]!);

    const map = await rig.services.viewRunMap(runId);
    expect(map.groups[0]).toEqual({
      ...{ name: 'g', nodeIds: ['i-001', 'i-002'], names: ['h-1', 'h-2'] },
      phases: [
        { name: 'probe', on: 'runnerPerTarget', statuses: 'sp' },
        {
          ...{ name: 'say', on: 'runner', statuses: 'pp' },
          ...{ nodeIds: ['i-runner', 'i-runner'], names: ['runner', 'runner'], rounds: [1, 2] },
        },
      ],
    });
    await driveAttempt(rig, runId);
    expect(await drawn(rig, runId)).toEqual(['ss ss', 'ss']);
    await expectSameRows(rig, runId);
  });

  it('shows each node after the last attempt that touched it, or what one attempt did', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-002' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: 1, phases: [p] }]);
    await driveAttempt(rig, runId);
    rig.script.answer = () => ({ exit: 0 });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    const queued = await drawn(rig, runId);
    await driveAttempt(rig, runId, 2);

    expect(queued).toEqual(['sfs']);
    expect(await drawn(rig, runId)).toEqual(['sss']);
    expect(await drawn(rig, runId, 1)).toEqual(['sfs']);
    expect(await drawn(rig, runId, 2)).toEqual(['.s.']);
    expect(await rig.services.viewRunMap(runId, { attempt: 1 })).toMatchObject({ attempt: 1, status: 'failed' });
    await expectSameRows(rig, runId);
  });

  it('keeps phases apart by their names when the job changes', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-002' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', phases: [p, q], maxFailures: 2 }]);
    await driveAttempt(rig, runId);
    const changed = [
      { name: 'new', phases: [{ name: 'r', operations: [op('d')] }] },
      { name: 'g', phases: [q, p] },
    ];
    rig.jobChanged(runId, 2, changed);
    await rig.services.continueRun(runId, { mode: 'continue', only: {}, job: jobOf(changed) }, 'ann');
    const queued = await drawn(rig, runId);
    rig.script.answer = () => ({ exit: 0 });
    await driveAttempt(rig, runId, 2);

    expect(queued).toEqual(['', 'sf sf']);
    expect(await drawn(rig, runId)).toEqual(['ss', 'ss ss']);
    expect(await drawn(rig, runId, 1)).toEqual(['sf sf']);
    await expectSameRows(rig, runId);
  });

  it('leaves the nodes of groups out for who has them', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const before = await rig.services.viewRunMap(runId);
    await openFirst(rig, runId);
    const begun = await rig.services.viewRunMap(runId, { known: before.lists });
    await driveAttempt(rig, runId);
    const ended = await rig.services.viewRunMap(runId, { known: begun.lists });

    expect(begun.groups[0]).toMatchObject({ nodeIds: ['i-001', 'i-002'] });
    expect(ended.lists).toBe(begun.lists);
    expect(ended.groups).toEqual([{ name: 'g', phases: [{ name: 'p', on: 'target', statuses: 'ss' }] }]);
  });

  it('calls nothing running once its attempt is over, also when its execution broke', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    await invoke(rig, runId, batches[0]!);
    const running = await drawn(rig, runId);
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'States.Runtime', Cause: 'broken' } });

    expect(running).toEqual(['rr']);
    expect(await drawn(rig, runId)).toEqual(['pp']);
    await expectSameRows(rig, runId);
  });

  it('shows runs of earlier versions, whose batches do not say how their nodes stand', async () => {
    const rig = newRig([...hosts(3), runnerNode()]);
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-002' ? 1 : 0 });
    const say = { name: 'say', on: 'runner', operations: [op('s')] };
    const runId = await rig.submit([{ name: 'g', maxFailures: 1, phases: [p, say] }]);
    await driveAttempt(rig, runId);
    const before = await rig.services.viewRunMap(runId);
    for (const { sliceId } of await rig.store.listSlices(runId))
      for (const { statuses: _, positions, ...old } of await rig.store.listProgress(runId, sliceId)) {
        expect(positions === undefined).toBe(parseSliceId(sliceId).phaseIndex === 1);
        await rig.store.putProgress(old);
      }

    expect(rowsOnMap(before)).toEqual([
      'g p i-001 h-1 succeeded',
      'g p i-002 h-2 failed',
      'g p i-003 h-3 succeeded',
      'g say round 0 i-runner runner succeeded',
    ]);
    expect(await rig.services.viewRunMap(runId)).toEqual(before);
  });

  it('is of a run that there is, and of an attempt that it has', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);

    await expect(rig.services.viewRunMap(newRunId())).rejects.toMatchObject({ code: 'run.not-found' });
    await expect(rig.services.viewRunMap(runId, { attempt: 2 })).rejects.toMatchObject({ code: 'run.not-found' });
  });

  it('tells services on one instance apart', async () => {
    const rig = newRig([host('i-001'), host('api@1', { name: 'api', instanceId: 'i-001' })]);
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    await driveBatch(rig, runId, batches[0]!);

    expect(batches).toHaveLength(2);
    expect((await drawn(rig, runId))[0]?.split('').toSorted()).toEqual(['p', 's']);
    await expectSameRows(rig, runId);
  });
});

describe('reading a map', () => {
  /** The store of a rig, noting which of its methods are called. */
  const noted = (rig: Rig) => {
    const calls: string[] = [];
    const store = new Proxy(rig.store, {
      get: (target, name, receiver) => {
        calls.push(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
    const countOf = (name: string) => calls.filter((one) => one === name).length;
    return { view: viewRunMap({ store, json: createJsonBlobs(rig.blobs) }), calls, countOf };
  };

  it('takes one reading for each slice, and none of batches, invocations and results', async () => {
    const rig = newRig(hosts(400));
    const runId = await rig.submit([{ name: 'g', maxFailures: '100%', phases: [p, q] }]);
    const { slices } = await rig.tasks
      .startRun({ runId, attempt: 1 })
      .then(() => rig.tasks.nextStage({ runId, attempt: 1, group: 0 }));
    const opened = await Promise.all(slices.map((sliceId) => rig.tasks.openPhase({ runId, sliceId })));
    await invoke(rig, runId, opened[0]!.batches[0]!);
    const { view, calls, countOf } = noted(rig);

    expect(letters(await view(runId))).toEqual([`${'r'.repeat(50)}${'p'.repeat(350)} ${'p'.repeat(400)}`]);
    expect(opened.map(({ batches }) => batches.length)).toEqual([8, 8]);
    expect(new Set(calls)).toEqual(new Set(['get', 'listGroups', 'listSlices', 'listProgress']));
    expect(countOf('listProgress')).toBe(2);
  });

  it('stands on what a batch says of itself after each step', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    const opened = await rig.store.getProgress(runId, batches[0]!);
    await driveBatch(rig, runId, batches[0]!);

    expect(opened).toMatchObject({ statuses: 'pp', positions: '0.1', counts: { pending: 2 } });
    expect(await rig.store.getProgress(runId, batches[0]!)).toMatchObject({ statuses: 'ss', positions: '0.1' });
  });
});
