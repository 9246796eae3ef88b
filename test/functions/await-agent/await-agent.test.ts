import { describe, expect, it } from 'vitest';
import { driveBatch, invoke, openFirst } from '#test/kit/drive.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const sent = async (rig: Rig) => {
  const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
  const { batches } = await openFirst(rig, runId);
  return invoke(rig, runId, batches[0]!);
};

describe('awaitAgent', () => {
  it('parks its token, and is the same when it is delivered again', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);

    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });
    const before = await rig.records(runId);
    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });

    expect(await rig.records(runId)).toEqual(before);
    expect((await rig.store.getInvocation(runId, invocationId))?.token).toBe('t1');
    expect(rig.engine.completed).toEqual([]);
  });

  it('completes its token at once when the agent spoke since the last look', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    await rig.store.signal(runId, invocationId);

    await rig.tasks.awaitAgent({ runId, invocationId, token: 't1' });

    expect(rig.engine.completed).toEqual(['t1']);
  });

  it('waits again after a look, which has seen whatever the agent said', async () => {
    const rig = newRig();
    const { runId, batchId, invocationId } = await sent(rig);
    await rig.store.signal(runId, invocationId);
    rig.script.answer = () => ({ state: 'running' });
    await rig.tasks.collectResults({ runId, batchId, invocationId });

    await rig.tasks.awaitAgent({ runId, invocationId, token: 't2' });

    expect(rig.engine.completed).toEqual([]);
  });

  it('does no harm after the batch is done', async () => {
    const rig = newRig();
    const { runId, batchId, invocationId } = await sent(rig);
    await driveBatch(rig, runId, batchId);

    await rig.tasks.awaitAgent({ runId, invocationId, token: 'late' });

    expect(await rig.store.getProgress(runId, batchId)).toMatchObject({ state: 'done' });
    expect(rig.engine.completed).toEqual([]);
  });

  it('refuses an invocation that the ledger does not have', async () => {
    const rig = newRig();
    const { runId, invocationId } = await sent(rig);
    const other = invocationId.replace('.o0.', '.o7.') as typeof invocationId;

    await expect(rig.tasks.awaitAgent({ runId, invocationId: other, token: 't' })).rejects.toMatchObject({
      code: 'record.missing',
    });
  });
});
