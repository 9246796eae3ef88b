import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { type BatchId, type RunId, stopIdOf } from '#shared/model/ids.ts';
import { invoke, openFirst } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { agentIdOf } from '#test/kit/scripted-agent.ts';

const newRig = useRigs();

const groups = [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];
type Batch = { readonly runId: RunId; readonly batchId: BatchId };

/** A batch whose first operation is under way everywhere, in a run that an operator aborts. */
const aborting = async (rig: Rig) => {
  rig.script.answer = () => ({ state: 'running', rawStatus: 'InProgress' });
  const runId = await rig.submit(groups);
  const { batches } = await openFirst(rig, runId);
  const batch = await invoke(rig, runId, batches[0]!);
  await rig.services.abortRun(runId, {}, 'ann');
  return batch;
};
const outcomes = async (rig: Rig, { runId, batchId }: Batch) =>
  Object.fromEntries(
    (await rig.store.listResults(runId, batchId)).map(({ nodeId, outcome }) => [
      nodeId,
      `${outcome.status} ${outcome.stop}`,
    ]),
  );
const stopSends = (rig: Rig) => rig.aws.sends.filter((one) => /\.s\d+$/.test(one.invocationId));

describe('stopping the nodes of an aborted run', () => {
  it('sends the stop once, by an id that fits where the invocation’s own did, and believes what the nodes find', async () => {
    const rig = newRig(hosts(4));
    rig.script.answerStop = ({ instanceId }) =>
      (({ 'i-001': 'ended', 'i-002': 'goesOn', 'i-003': 'neverBegun' }) as const)[instanceId] ?? 'unknown';
    const batch = await aborting(rig);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open', look: 1 });

    expect(await outcomes(rig, batch)).toEqual({
      ...{ 'i-001': 'aborted confirmed', 'i-002': 'aborted running', 'i-003': 'aborted confirmed' },
    });
    rig.clock.advance(20);
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'done' });
    expect(await outcomes(rig, batch)).toMatchObject({ 'i-004': 'aborted unknown' });
    const [stop, ...more] = stopSends(rig);
    expect(more).toEqual([]);
    expect(stop).toMatchObject({
      invocationId: stopIdOf(batch.invocationId),
      instanceIds: ['i-001', 'i-002', 'i-003', 'i-004'],
    });
    expect(stop?.invocationId.length).toBe(batch.invocationId.length);
    expect((await rig.store.getProgress(batch.runId, batch.batchId))?.stops).toEqual({
      ...{ confirmed: 2, running: 1, unknown: 1 },
    });
  });

  it('cancels at once what no agent has begun, and after twelve seconds what the stop has not settled', async () => {
    const rig = newRig(hosts(3));
    const batch = await aborting(rig);
    rig.script.answer = ({ instanceId }) => ({ state: instanceId === 'i-001' ? 'waiting' : 'running' });
    rig.script.answerStop = ({ instanceId }) => (instanceId === 'i-002' ? 'ended' : { state: 'running' });

    await rig.tasks.collectResults(batch);
    expect(rig.aws.cancels.map((one) => one.instanceIds)).toEqual([['i-001']]);
    rig.clock.advance(12);
    await rig.tasks.collectResults(batch);
    await rig.tasks.collectResults(batch);

    expect(rig.aws.cancels.map((one) => one.instanceIds)).toEqual([['i-001'], ['i-001', 'i-003']]);
    expect(rig.aws.cancels[0]?.agentInvocationId).toBe(agentIdOf(batch.invocationId));
  });

  it('lets what ended by itself be what it was, whether its own agent says so or the stop does', async () => {
    const rig = newRig(hosts(3));
    const batch = await aborting(rig);
    rig.script.answer = ({ instanceId }) =>
      instanceId === 'i-001' ? { exit: 0, stdout: 'one' } : { state: 'cancelled', rawStatus: 'Cancelled' };
    rig.script.answerStop = ({ instanceId }) => (instanceId === 'i-002' ? { exit: 3, stdout: 'two' } : 'ended');

    await rig.tasks.collectResults(batch);

    expect(await outcomes(rig, batch)).toEqual({
      ...{ 'i-001': 'succeeded null', 'i-002': 'failed null', 'i-003': 'aborted confirmed' },
    });
    const two = (await rig.store.listResults(batch.runId, batch.batchId)).find((one) => one.nodeId === 'i-002');
    expect(two?.outcome).toMatchObject({ exitCode: 3, stdout: 'two', rawStatus: 'Cancelled', replayed: false });
    expect(stopSends(rig).map((one) => one.instanceIds)).toEqual([['i-002', 'i-003']]);
  });

  it('sends nothing when every node has come to its end', async () => {
    const rig = newRig(hosts(2));
    const batch = await aborting(rig);
    rig.script.answer = () => ({ exit: 0 });

    await rig.tasks.collectResults(batch);

    expect(stopSends(rig)).toEqual([]);
    expect(rig.aws.cancels).toEqual([]);
  });

  it('does not know of nodes that the agent refuses to reach, and goes on with the others', async () => {
    const rig = newRig(hosts(2));
    const batch = await aborting(rig);
    rig.script.answer = () => ({ state: 'running' });
    rig.script.beforeSend = () => {
      throw new AppError('agent.refused', 'AccessDenied');
    };

    await rig.tasks.collectResults(batch);

    expect(await outcomes(rig, batch)).toEqual({ 'i-001': 'aborted unknown', 'i-002': 'aborted unknown' });
    expect(rig.aws.cancels.map((one) => one.instanceIds)).toEqual([['i-001', 'i-002']]);
  });

  it('says no more than it knows when the stop ends without a word', async () => {
    const rig = newRig(hosts(1));
    const batch = await aborting(rig);
    rig.script.answerStop = () => ({ state: 'undeliverable', rawStatus: 'Undeliverable' });

    await rig.tasks.collectResults(batch);

    const [result] = await rig.store.listResults(batch.runId, batch.batchId);
    expect(result?.outcome).toMatchObject({ stop: 'unknown', reason: expect.stringContaining('Undeliverable') });
  });
});

describe('a stop after a crash', () => {
  it('is looked up at the agent when its call had an effect, and not sent again', async () => {
    const rig = newRig(hosts(2));
    const batch = await aborting(rig);
    rig.script.answerStop = () => ({ state: 'running' });
    rig.script.afterSend = () => {
      throw new AppError('agent.unavailable', 'the answer was lost');
    };
    await expect(rig.tasks.collectResults(batch)).rejects.toThrow('the answer was lost');
    rig.script.afterSend = () => undefined;
    rig.script.answerStop = () => 'ended';

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'done' });

    expect(stopSends(rig)).toHaveLength(1);
    expect(rig.aws.finds).toEqual([stopIdOf(batch.invocationId)]);
    expect(await outcomes(rig, batch)).toEqual({ 'i-001': 'aborted confirmed', 'i-002': 'aborted confirmed' });
  });

  it('is sent again, to the same nodes, when its call never reached the agent', async () => {
    const rig = newRig(hosts(2));
    const batch = await aborting(rig);
    rig.script.beforeSend = () => {
      throw new AppError('agent.unavailable', 'no network');
    };
    await expect(rig.tasks.collectResults(batch)).rejects.toThrow('no network');
    rig.script.beforeSend = () => undefined;
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { exit: 0 } : { state: 'running' });

    await rig.tasks.collectResults(batch);

    expect(stopSends(rig).map((one) => one.instanceIds)).toEqual([['i-001', 'i-002']]);
    expect(await outcomes(rig, batch)).toEqual({ 'i-001': 'succeeded null', 'i-002': 'aborted confirmed' });
  });

  it('delivered twice, or by two at once, changes nothing', async () => {
    const rig = newRig(hosts(2));
    const batch = await aborting(rig);
    rig.script.answerStop = () => ({ state: 'running' });
    await Promise.all([rig.tasks.collectResults(batch), rig.tasks.collectResults(batch)]);
    const invocation = await rig.store.getInvocation(batch.runId, batch.invocationId);
    await rig.tasks.collectResults(batch);

    expect((await rig.store.getInvocation(batch.runId, batch.invocationId))?.stop).toEqual(invocation?.stop);
    expect(invocation?.stop).toMatchObject({
      nodeIds: ['i-001', 'i-002'],
      agentInvocationId: agentIdOf(stopIdOf(batch.invocationId)),
    });
  });

  it('wakes its batch when the agent says that the stop is over', async () => {
    const rig = newRig(hosts(1));
    const batch = await aborting(rig);
    rig.script.answerStop = () => ({ state: 'running' });
    await rig.tasks.collectResults(batch);
    await rig.tasks.awaitAgent({ runId: batch.runId, invocationId: batch.invocationId, token: 'parked' });

    const detail = { 'command-id': agentIdOf(stopIdOf(batch.invocationId)), status: 'Success' };
    expect(await rig.tasks.onAgentEvent({ source: 'aws.ssm', detail })).toEqual({ woken: true });

    expect(rig.engine.completed).toEqual(['parked']);
  });
});

describe('the stop script', () => {
  it('names the fences of the nodes and nothing else of the operation', async () => {
    const rig = newRig([host('i-001'), host('svc-2', { instanceId: 'i-002' })]);
    rig.script.answer = () => ({ state: 'running' });
    const secret = { run: 'echo script-text', env: { V: 'value-text-${{ node.id }}' } };
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a', secret)] }] }]);
    const { batches } = await openFirst(rig, runId);
    const batch = await invoke(rig, runId, batches[0]!);
    await rig.services.abortRun(runId, {}, 'ann');

    await rig.tasks.collectResults(batch);

    const [stop] = stopSends(rig);
    expect(stop?.script).toContain('i-001)');
    expect(stop?.script).toContain("'@svc-2'");
    expect(stop?.script).not.toMatch(/script-text|value-text/);
  });
});
