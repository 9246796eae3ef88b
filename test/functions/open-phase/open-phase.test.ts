import { describe, expect, it } from 'vitest';
import type { BatchId, RunId } from '#shared/model/ids.ts';
import { driveAttempt, driveBatch, driveSlice, invoke, openFirst } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const two = { name: 'p', operations: [op('a'), op('b')] };
const group = (more: Readonly<Record<string, unknown>> = {}) => ({ name: 'g', phases: [two], ...more });
const nodesOf = async (rig: Rig, runId: RunId, batches: readonly BatchId[]) =>
  Promise.all(
    batches.map(async (id) =>
      (await rig.store.getBatch(runId, id))?.nodes.map(({ node, startAt }) => `${node.id}@${startAt}`),
    ),
  );
const continued = async (rig: Rig, runId: RunId, only = {}) => {
  await rig.services.continueRun(runId, { mode: 'continue', only }, 'ann');
  return openFirst(rig, runId, { attempt: (await rig.store.get(runId))?.attempts.length ?? 0 });
};

describe('openPhase', () => {
  it('writes the batches of a slice, and gives the same ones again', async () => {
    const rig = newRig(hosts(8));
    const runId = await rig.submit([group({ maxConcurrency: 4 })]);

    const { sliceId, batches, width } = await openFirst(rig, runId);
    const before = await rig.records(runId);
    rig.clock.advance(60);

    expect([batches.length, width]).toEqual([8, 4]);
    expect(await rig.tasks.openPhase({ runId, sliceId })).toEqual({ batches, width });
    expect(await rig.records(runId)).toEqual(before);
    expect(await rig.store.getSlice(runId, sliceId)).toMatchObject({
      ...{ groupName: 'g', phaseName: 'p', nodeCount: 8, batchCount: 8, counts: { pending: 8 }, replaces: {} },
    });
  });

  it('opens once when two openers come at once, and leaves a batch that has started under way', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([group()]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const [sliceId] = (await rig.tasks.nextStage({ runId, attempt: 1, group: 0 })).slices;

    const [one, other] = await Promise.all([
      rig.tasks.openPhase({ runId, sliceId: sliceId! }),
      rig.tasks.openPhase({ runId, sliceId: sliceId! }),
    ]);
    await invoke(rig, runId, one.batches[0]!);
    await rig.tasks.openPhase({ runId, sliceId: sliceId! });

    expect(one).toEqual(other);
    expect(await rig.store.getProgress(runId, one.batches[0]!)).toMatchObject({ state: 'running' });
  });

  it('puts nodes of different clouds, and nodes that are offline, into batches of their own', async () => {
    const rig = newRig([
      host('i-1'),
      host('i-2', { online: false }),
      host('i-3', { agent: 'aliyun', region: 'cn-hangzhou' }),
      host('i-4'),
    ]);
    const runId = await rig.submit([group()]);

    const { batches } = await openFirst(rig, runId);

    expect(await nodesOf(rig, runId, batches)).toEqual([['i-1@0', 'i-4@0'], ['i-3@0'], ['i-2@0']]);
    const all = await Promise.all(batches.map((id) => rig.store.getProgress(runId, id)));
    expect(all.map((one) => one?.agent)).toEqual(['aws', 'aliyun', 'aws']);
  });

  it('opens nothing where there is nothing to do', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([group()], { only: { nodes: [host('i-001').id] } });
    rig.inventory.nodes = hosts(2).slice(1);

    expect(await openFirst(rig, runId)).toMatchObject({ batches: [], width: 1 });
  });

  it('takes the runner for a runner phase, whatever nodes are chosen, and runs each node of a runnerPerTarget phase through it', async () => {
    const rig = newRig([...hosts(2), runnerNode()]);
    const once = await rig.submit([group({ phases: [{ ...two, on: 'runner' }] })], {
      only: { nodes: [host('i-002').id] },
    });
    const each = await rig.submit([group({ phases: [{ ...two, on: 'runnerPerTarget' }] })]);

    const [forOnce, forEach] = [await openFirst(rig, once), await openFirst(rig, each)];

    expect(await nodesOf(rig, once, forOnce.batches)).toEqual([['i-runner@0']]);
    expect(await nodesOf(rig, each, forEach.batches)).toEqual([['i-001@0'], ['i-002@0']]);
    const batch = await rig.store.getBatch(each, forEach.batches[1]!);
    expect(batch?.nodes[0]?.via.instanceId).toBe('i-runner');
  });

  it('narrows target phases to the chosen nodes', async () => {
    const rig = newRig(hosts(4));
    const runId = await rig.submit([group()], { only: { nodes: [host('i-002').id, host('i-004').id] } });

    const { batches } = await openFirst(rig, runId);

    expect(await nodesOf(rig, runId, batches)).toEqual([['i-002@0', 'i-004@0']]);
  });

  it('opens in a later attempt what is left: failed nodes at the operation that failed, untouched ones from the start', async () => {
    const rig = newRig(hosts(4));
    rig.script.answer = ({ instanceId, operation }) => ({ exit: instanceId === 'i-002' && operation === 'b' ? 1 : 0 });
    const runId = await rig.submit([group({ maxConcurrency: 1 })]);
    expect(await driveAttempt(rig, runId)).toBe('failed');

    const { sliceId, batches } = await continued(rig, runId);

    expect(await nodesOf(rig, runId, batches)).toEqual([['i-002@1'], ['i-003@0'], ['i-004@0']]);
    expect(await rig.store.getSlice(runId, sliceId)).toMatchObject({ replaces: { failed: 1, pending: 2 } });
  });

  it('remembers over attempts that a failure was tolerated', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 1 });
    const runId = await rig.submit([
      group({ phases: [{ name: 'p', operations: [op('a', { failIgnore: true }), op('b')] }] }),
    ]);
    await driveAttempt(rig, runId);
    rig.script.answer = () => ({ exit: 0 });

    const { batches } = await continued(rig, runId);
    expect((await rig.store.getBatch(runId, batches[0]!))?.nodes[0]).toMatchObject({ startAt: 1, tolerated: true });
    await driveBatch(rig, runId, batches[0]!);

    expect((await rig.store.getProgress(runId, batches[0]!))?.counts).toEqual({ ignored: 1 });
  });

  it('does not run a failed node again in a later pass of the same attempt, but in the next attempt', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-001' ? 1 : 0 });
    const runId = await rig.submit([group({ maxConcurrency: 1, maxFailures: 1 })]);
    const { sliceId, batches } = await openFirst(rig, runId);
    await driveBatch(rig, runId, batches[0]!);
    await rig.services.pauseRun(runId, {}, 'ann');
    for (const batchId of batches.slice(1)) await driveBatch(rig, runId, batchId);
    await rig.tasks.closePhase({ runId, sliceId });
    await rig.services.resumeRun(runId, {}, 'ann');

    const [again] = (await rig.tasks.nextStage({ runId, attempt: 1, group: 0 })).slices;
    const second = await rig.tasks.openPhase({ runId, sliceId: again! });

    expect(again).toBe('a1-g0-s0-p0-x1');
    expect(await nodesOf(rig, runId, second.batches)).toEqual([['i-002@0'], ['i-003@0']]);
    await driveSlice(rig, runId, again!);
    expect(await driveAttempt(rig, runId)).toBe('failed');
    const third = await continued(rig, runId);
    expect(await nodesOf(rig, runId, third.batches)).toEqual([['i-001@0']]);
  });

  it('gives no batches of a slice that is closed', async () => {
    const rig = newRig();
    const runId = await rig.submit([group()]);
    const { sliceId } = await openFirst(rig, runId);
    await driveSlice(rig, runId, sliceId);
    const before = await rig.records(runId);

    expect((await rig.tasks.openPhase({ runId, sliceId })).batches).toEqual([]);

    expect(await rig.records(runId)).toEqual(before);
  });

  it('opens nothing for an attempt that another one followed', async () => {
    const rig = newRig();
    const runId = await rig.submit([group()]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const [sliceId] = (await rig.tasks.nextStage({ runId, attempt: 1, group: 0 })).slices;
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'internal.bug', Cause: '' } });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    const before = await rig.records(runId);

    expect((await rig.tasks.openPhase({ runId, sliceId: sliceId! })).batches).toEqual([]);

    expect(await rig.records(runId)).toEqual(before);
  });

  it('refuses a slice that the plan does not have', async () => {
    const rig = newRig();
    const runId = await rig.submit([group()]);
    const { sliceId } = await openFirst(rig, runId);

    for (const wrong of [
      sliceId.replace('-s0-', '-s9-'),
      sliceId.replace('-p0-', '-p9-'),
      sliceId.replace('-g0-', '-g9-'),
    ])
      await expect(rig.tasks.openPhase({ runId, sliceId: wrong as typeof sliceId })).rejects.toMatchObject({
        code: 'record.missing',
      });
  });
});

describe('a node that ended badly in a phase', () => {
  const phases = [
    { name: 'p', operations: [op('a')] },
    { name: 'q', operations: [op('b')] },
    { name: 'r', on: 'runner', operations: [op('c')] },
  ];
  const run = async (more: Readonly<Record<string, unknown>>) => {
    const rig = newRig([...hosts(4), runnerNode()]);
    const bad = new Set(['i-002 a', 'i-003 b']);
    rig.script.answer = ({ instanceId, operation }) => ({ exit: bad.has(`${instanceId} ${operation}`) ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: '100%', phases, ...more }]);
    await driveAttempt(rig, runId);
    const sent = () => {
      const all = rig.aws.sends.map(
        ({ invocationId, instanceIds }) =>
          `${/\.a(\d)/.exec(invocationId)?.[1]} ${/-p(\d)/.exec(invocationId)?.[1]} ${instanceIds.join(' ')}`,
      );
      return all.sort();
    };
    return { rig, runId, bad, sent };
  };

  it('is left out of the later phases of its round, and continue takes it through all of them', async () => {
    const { rig, runId, bad, sent } = await run({ strategy: 'grayScale', roundCount: 1 });
    expect(sent()).toEqual(['1 0 i-001 i-002 i-003 i-004', '1 1 i-001 i-003 i-004', '1 2 i-runner']);

    bad.clear();
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');

    expect(sent().filter((one) => one.startsWith('2'))).toEqual(['2 0 i-002', '2 1 i-002 i-003']);
  });

  it('is not in a oneShot group, whose phases run side by side', async () => {
    const { sent } = await run({});
    expect(sent()).toEqual(['1 0 i-001 i-002 i-003 i-004', '1 1 i-001 i-002 i-003 i-004', '1 2 i-runner']);
  });
});
