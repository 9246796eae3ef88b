import { describe, expect, it } from 'vitest';
import { driveAttempt, driveSlice } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();
let count = 0;
/** Nodes and a key that no other test uses. */
const world = (nodes: number) => {
  count += 1;
  const prefix = `i-${count}x`;
  return {
    key: `break-${count}`,
    rig: newRig(Array.from({ length: nodes }, (_, n) => host(`${prefix}${n}`))),
    node: (n: number) => `${prefix}${n}`,
  };
};
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];

/** A run with its first operation under way. */
const underWay = async (rig: Rig, spec: Readonly<Record<string, unknown>>) => {
  const runId = await rig.submit(groups, { spec });
  await rig.tasks.startRun({ runId, attempt: 1 });
  const { slices } = await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
  const { batches } = await rig.tasks.openPhase({ runId, sliceId: slices[0]! });
  const { invocationId } = await rig.tasks.invokeOperation({ runId, batchId: batches[0]! });
  return { runId, sliceId: slices[0]!, batchId: batches[0]!, invocationId: invocationId as never };
};

describe('breakLock', () => {
  it('ends the permit of the batch that has a node, on record with who and why', async () => {
    const { rig, node } = world(2);
    const { runId, batchId, ...batch } = await underWay(rig, { exclusive: true });
    rig.clock.advance(3);

    expect(await rig.services.breakLock({ name: `node/${node(1)}`, reason: 'stuck' }, 'bob')).toEqual({
      items: [{ runId, batchId }],
    });

    const at = new Date(rig.clock.now()).toISOString();
    expect(await rig.store.getPermit({ runId, batchId })).toMatchObject({
      state: 'ended',
      ended: { at, how: 'broken', by: 'bob', reason: 'stuck' },
    });
    await expect(rig.services.breakLock({ name: `node/${node(1)}` }, 'bob')).rejects.toMatchObject({
      code: 'lock.not-found',
    });
    expect(rig.events).toContain('lock.broken');
    // Nobody took the nodes meanwhile: the batch gets them back before it sends its next operation.
    await rig.tasks.collectResults({ runId, batchId, invocationId: batch.invocationId });
    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'open' });
    expect(await rig.store.getPermit({ runId, batchId })).toMatchObject({ state: 'held' });
  });

  it('takes a turn from one run only, when that is asked', async () => {
    const { rig, key } = world(1);
    const spec = { concurrency: { key, limit: 2 } };
    const [a, b] = [await underWay(rig, spec), await underWay(rig, spec)];
    expect(await rig.services.breakLock({ name: `turn/${key}`, runId: b.runId }, 'bob')).toEqual({
      items: [{ runId: b.runId, attempt: 1 }],
    });
    expect((await rig.store.getTurn(key))?.holders).toMatchObject([{ runId: a.runId }]);
    await expect(rig.services.breakLock({ name: `turn/${key}`, runId: b.runId }, 'bob')).rejects.toThrow(
      `Nobody of run ${b.runId} has 'turn/${key}' now`,
    );
  });

  it('takes the use of a budget', async () => {
    const { rig, key } = world(3);
    await rig.services.putBudget(
      key,
      { where: `node.id.startsWith("${rig.inventory.nodes[0]!.id.slice(0, -1)}")`, max: 3 },
      'ann',
    );
    const { runId, batchId } = await underWay(rig, {});
    expect((await rig.store.getBudgetUse(key))?.shares).toMatchObject([{ runId, nodes: 3 }]);

    expect(await rig.services.breakLock({ name: `budget/${key}` }, 'bob')).toEqual({ items: [{ runId, batchId }] });

    expect((await rig.store.getBudgetUse(key))?.shares).toEqual([]);
    await rig.services.removeBudget(key, 'ann');
  });

  it.each(['', 'turn', 'turn/', 'door/x', 'i-1'])('refuses the name %j', async (name) => {
    await expect(newRig(hosts(1)).services.breakLock({ name }, 'bob')).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it.each(['turn/nobody', 'node/nobody', 'node/a b', 'budget/nobody'])('says that nobody has %s', async (name) => {
    await expect(newRig(hosts(1)).services.breakLock({ name }, 'bob')).rejects.toMatchObject({
      code: 'lock.not-found',
    });
  });
});

describe('locks at the end of a run', () => {
  it('are given back by a run that succeeds, one that fails, and one whose batches broke', async () => {
    for (const way of ['succeeded', 'failed', 'broken'] as const) {
      const { rig, key } = world(2);
      const where = `node.id.startsWith("${rig.inventory.nodes[0]!.id.slice(0, -1)}")`;
      await rig.services.putBudget(key, { where, max: 2 }, 'ann');
      rig.script.answer = ({ operation }) => ({ exit: way === 'failed' && operation === 'b' ? 1 : 0 });
      const spec = { exclusive: true, concurrency: { key } };
      const batch = way === 'broken' ? await underWay(rig, spec) : undefined;
      if (batch) await rig.tasks.closePhase(batch);
      const runId = batch?.runId ?? (await rig.submit(groups, { spec }));
      const status = await driveAttempt(rig, runId);

      expect(status).toBe(way === 'succeeded' ? 'succeeded' : 'failed');
      expect((await rig.store.listPermits(runId)).map((one) => one.state)).toEqual(['ended']);
      expect((await rig.store.getBudgetUse(key))?.shares).toEqual([]);
      expect((await rig.store.getTurn(key))?.holders).toEqual([]);
      expect(await rig.store.listPermitUsers()).not.toContain(runId);
      await rig.services.removeBudget(key, 'ann');
    }
  });

  it('are given back by the last state alone, when the execution broke off in a batch', async () => {
    const { rig, key, node } = world(2);
    const { runId, batchId } = await underWay(rig, { exclusive: true, concurrency: { key } });
    const error = { Error: 'States.Runtime', Cause: 'broken' };
    expect((await rig.tasks.finishRun({ runId, attempt: 1, error })).status).toBe('failed');
    expect(await rig.store.getPermit({ runId, batchId })).toMatchObject({ state: 'ended', ended: { how: 'released' } });
    const other = await underWay(rig, { exclusive: true, concurrency: { key } });
    expect((await rig.store.getLeases([node(0) as never]))[0]?.holders).toMatchObject([{ runId: other.runId }]);
  });

  it('are given back by an aborted run, in the middle of a batch', async () => {
    const { rig, key } = world(2);
    const { runId, sliceId } = await underWay(rig, { exclusive: true, concurrency: { key } });
    await rig.services.abortRun(runId, {}, 'ann');
    await driveSlice(rig, runId, sliceId);
    expect(await driveAttempt(rig, runId)).toBe('aborted');
    expect((await rig.store.listPermits(runId)).map((one) => one.state)).toEqual(['ended']);
    expect((await rig.store.getTurn(key))?.holders).toEqual([]);
  });
});
