import { describe, expect, it } from 'vitest';
import type { BatchId, RunId } from '#shared/model/ids.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import { awaitAndLook, driveAttempt, driveBatch, invoke, openFirst } from '#test/kit/drive.ts';
import { hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const twoOps = [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];
const sent = async (rig: Rig, groups: readonly unknown[] = twoOps) => {
  const runId = await rig.submit(groups);
  const { batches, sliceId } = await openFirst(rig, runId);
  return { sliceId, ...(await invoke(rig, runId, batches[0]!)) };
};
type Batch = { readonly runId: RunId; readonly batchId: BatchId };
const outcomes = async (rig: Rig, { runId, batchId }: Batch) =>
  Object.fromEntries(
    (await rig.store.listResults(runId, batchId)).map(({ operationId, nodeId, outcome }) => [
      `${operationId} ${nodeId}`,
      outcome.status,
    ]),
  );
const progressOf = async (rig: Rig, { runId, batchId }: Batch) => {
  const progress = await rig.store.getProgress(runId, batchId);
  return [progress?.state, progress?.counts];
};
/** The records without the count of looks, which grows with each delivery. */
const recordsOf = async (rig: Rig, runId: RunId) =>
  JSON.parse(JSON.stringify(await rig.records(runId)).replaceAll(/"looks":\{"N":"\d+"\}/g, '"looks":0'));

describe('collectResults', () => {
  it('writes what the agent says, and goes to the next operation, then to the end', async () => {
    const rig = newRig(hosts(2));
    const first = await sent(rig);

    expect(await awaitAndLook(rig, { ...first, look: 1 })).toEqual({
      state: 'next',
      invocationId: first.invocationId,
      look: 1,
    });
    const second = await invoke(rig, first.runId, first.batchId);
    expect(await awaitAndLook(rig, { ...second, look: 1 })).toMatchObject({ state: 'done' });

    expect(await outcomes(rig, first)).toEqual({
      ...{ 'a i-001': 'succeeded', 'a i-002': 'succeeded', 'b i-001': 'succeeded', 'b i-002': 'succeeded' },
    });
    expect(await progressOf(rig, first)).toEqual(['done', { succeeded: 2 }]);
  });

  it('keeps what is known while others run, and asks only for those the next time', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-002' ? { state: 'running' } : { exit: 0 });
    const batch = await sent(rig);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open' });
    expect(await progressOf(rig, batch)).toEqual(['running', { running: 3 }]);
    rig.script.answer = () => ({ exit: 4 });
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'next' });

    expect(rig.aws.looks.map((one) => one.instanceIds.length)).toEqual([3, 1]);
    expect(await outcomes(rig, batch)).toEqual({ 'a i-001': 'succeeded', 'a i-002': 'failed', 'a i-003': 'succeeded' });
  });

  it('waits longer and longer between looks, and for agents that know nothing yet', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => 'unknown';
    const batch = await sent(rig);
    const looks = [];
    for (let turn = 0; turn < 7; turn += 1) looks.push((await rig.tasks.collectResults(batch)).look);

    expect(looks).toEqual(looks.toSorted((one, other) => one - other));
    expect(looks[0]).toBeLessThanOrEqual(2);
    expect(looks[6]).toBeGreaterThan(5);
    expect(await outcomes(rig, batch)).toEqual({});
  });

  it('gives the same answer and leaves the same records when it is delivered again', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-002' ? { state: 'running' } : { exit: 0 });
    const batch = await sent(rig);
    const open = await rig.tasks.collectResults(batch);
    const whileOpen = await recordsOf(rig, batch.runId);
    expect((await rig.tasks.collectResults(batch)).state).toBe(open.state);
    expect(await recordsOf(rig, batch.runId)).toEqual(whileOpen);
    rig.script.answer = () => ({ exit: 0 });
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'next' });
    const settled = await recordsOf(rig, batch.runId);
    rig.clock.advance(60);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'next' });

    expect(await recordsOf(rig, batch.runId)).toEqual(settled);
    expect(rig.aws.looks).toHaveLength(3);
  });

  it('changes nothing once the batch is done, stopped, or its slice is closed', async () => {
    const rig = newRig(hosts(2));
    const done = await sent(rig);
    await driveBatch(rig, done.runId, done.batchId);
    const stopped = await sent(rig);
    await rig.services.pauseRun(stopped.runId, {}, 'ann');
    await driveBatch(rig, stopped.runId, stopped.batchId);
    const closed = await sent(rig);
    await rig.tasks.closePhase(closed);
    for (const batch of [done, stopped, closed]) {
      const before = await recordsOf(rig, batch.runId);
      rig.clock.advance(60);

      await rig.tasks.collectResults(batch);

      expect(await recordsOf(rig, batch.runId)).toEqual(before);
    }
  });

  it('does not touch the next operation when the one before is collected again', async () => {
    const rig = newRig(hosts(2));
    const first = await sent(rig);
    await rig.tasks.collectResults(first);
    await invoke(rig, first.runId, first.batchId);
    const before = await recordsOf(rig, first.runId);

    expect(await rig.tasks.collectResults(first)).toMatchObject({ state: 'next' });

    expect(await recordsOf(rig, first.runId)).toEqual(before);
    expect(rig.aws.sends).toHaveLength(2);
  });

  it('goes back to sending when the invocation was never known to be sent', async () => {
    const rig = newRig(hosts(1));
    rig.script.beforeSend = () => {
      throw new Error('died here');
    };
    const runId = await rig.submit(twoOps);
    const { batches } = await openFirst(rig, runId);
    await expect(rig.tasks.invokeOperation({ runId, batchId: batches[0]! })).rejects.toThrow('died here');
    const [invocation] = await rig.store.listInvocations(runId, batches[0]!);

    expect(
      await rig.tasks.collectResults({ runId, batchId: batches[0]!, invocationId: invocation!.invocationId }),
    ).toMatchObject({ state: 'next' });

    expect(rig.aws.looks).toEqual([]);
  });

  it('refuses an invocation that the ledger does not have', async () => {
    const rig = newRig(hosts(1));
    const batch = await sent(rig);
    const invocationId = batch.invocationId.replace('.o0.', '.o9.') as typeof batch.invocationId;

    await expect(rig.tasks.collectResults({ ...batch, invocationId })).rejects.toMatchObject({
      code: 'record.missing',
    });
  });
});

describe('an operation’s output', () => {
  it('goes to a blob when it is long, and comes back whole; what it is worth stays in the ledger', async () => {
    const rig = newRig(hosts(2));
    const long = `${'é'.repeat(3000)}\n`;
    rig.script.answer = ({ instanceId }) => ({
      exit: 0,
      stdout: instanceId === 'i-001' ? long : 'short\n',
      stderr: 'e',
    });
    const batch = await sent(rig);

    await rig.tasks.collectResults(batch);

    const [first, second] = await rig.store.listResults(batch.runId, batch.batchId);
    expect(first?.outcome).toMatchObject({ stdoutBytes: 6001, omittedBytes: 0, stderr: 'e' });
    expect(new TextEncoder().encode(first?.outcome.stdout).length).toBe(2048);
    expect(second?.outcome).toMatchObject({ stdout: 'short\n', textBlob: null });
    expect(rig.blobs.keys().filter((key) => key.includes('/text/'))).toEqual([first?.outcome.textBlob]);
    const { items } = await rig.services.listResults(batch.runId, { limit: 10 });
    expect(items.map((one) => [one.stdout, one.stderr])).toEqual([
      [long, 'e'],
      ['short\n', 'e'],
    ]);
  });

  it('is kept by name for later operations, for the whole run when it is a runner’s, and not when it failed', async () => {
    const rig = newRig([...hosts(2), runnerNode()]);
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-002' ? 1 : 0, outputs: { v: instanceId } });
    const runId = await rig.submit([
      { name: 'r', phases: [{ name: 'q', on: 'runner', operations: [op('say', { outputs: { v: {} } })] }] },
      { name: 'g', maxFailures: 1, phases: [{ name: 'p', operations: [op('a', { outputs: { v: {} } })] }] },
    ]);
    await driveAttempt(rig, runId);

    const ids = ['runner:', 'i-runner', 'i-001', 'i-002'] as never[];
    const kept = await rig.store.getOutputs(
      runId,
      ids.flatMap((nodeId) => ['say', 'a'].map((operationId) => ({ nodeId, operationId }))),
    );

    expect(kept.map((one) => `${one.nodeId} ${one.operationId} ${one.values['v']}`).sort()).toEqual([
      'i-001 a i-001',
      'runner: say i-runner',
    ]);
  });
});

describe('our own clock', () => {
  it('calls nodes undeliverable whose agents did not take it in time, and asks the agent to cancel exactly these', async () => {
    const rig = newRig(hosts(4));
    rig.script.answer = ({ instanceId }) => {
      if (instanceId === 'i-001') return { exit: 0 };
      if (instanceId === 'i-002') return { state: 'waiting', rawStatus: 'Pending' };
      return instanceId === 'i-003' ? { state: 'running' } : 'unknown';
    };
    const batch = await sent(rig);
    rig.clock.advance(119);
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open' });
    expect(rig.aws.cancels).toEqual([]);
    rig.clock.advance(1);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open' });

    expect(rig.aws.cancels).toMatchObject([
      { agentInvocationId: `cmd-${batch.invocationId}`, region: 'eu-west-1', instanceIds: ['i-002', 'i-004'] },
    ]);
    expect(await outcomes(rig, batch)).toEqual({
      ...{ 'a i-001': 'succeeded', 'a i-002': 'undeliverable', 'a i-004': 'undeliverable' },
    });
  });

  it('calls a node lost that took it and has not answered by the deadline, and waits no longer than that', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ state: 'running', rawStatus: 'InProgress' });
    const batch = await sent(rig, [{ name: 'g', phases: [{ name: 'p', operations: [op('a', { timeout: '60s' })] }] }]);
    rig.clock.advance(120 + 60 + 120 + 180 - 1);
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open', look: 1 });
    rig.clock.advance(1);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'done' });

    const [lost] = await rig.store.listResults(batch.runId, batch.batchId);
    expect(lost?.outcome).toMatchObject({
      status: 'lost',
      rawStatus: 'InProgress',
      reason: expect.stringContaining('may have run'),
    });
    expect((await rig.store.getGroup(batch.runId, 1, 0))?.stopped).toBe(true);
  });

  it('believes a late answer of the agent that comes with the look', async () => {
    const rig = newRig(hosts(1));
    const batch = await sent(rig);
    rig.clock.advance(86_400);

    await rig.tasks.collectResults(batch);

    expect(await outcomes(rig, batch)).toEqual({ 'a i-001': 'succeeded' });
  });

  it('gives way to an answer that another look wrote meanwhile', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ state: 'running' });
    const batch = await sent(rig, [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    rig.clock.advance(86_400);
    rig.script.onCancel = async () => {
      const id = { operationIndex: 0, operationId: 'a', nodeId: 'i-001' as never, tryNumber: 0 };
      const outcome = bareOutcome('succeeded', null, 'Success');
      const recordedAt = new Date(rig.clock.now()).toISOString();
      await rig.store.putResults([{ ...batch, ...id, outcome, recordedAt }]);
    };

    for (let turn = 0, state = 'open'; state === 'open' && turn < 3; turn += 1)
      ({ state } = await rig.tasks.collectResults(batch));

    expect(await outcomes(rig, batch)).toEqual({ 'a i-001': 'succeeded' });
    expect(await progressOf(rig, batch)).toEqual(['done', { succeeded: 1 }]);
    expect((await rig.store.getGroup(batch.runId, 1, 0))?.tallies).toEqual({});
  });
});

describe('an abort', () => {
  it('asks the agent once to stop what is open, and gives the nodes half a minute', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { exit: 0 } : { state: 'running' });
    const batch = await sent(rig);
    await rig.tasks.collectResults(batch);
    await rig.services.abortRun(batch.runId, {}, 'ann');

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open' });
    rig.script.answer = ({ instanceId }) =>
      instanceId === 'i-002' ? { state: 'cancelled', rawStatus: 'Cancelled' } : { state: 'running' };
    rig.clock.advance(29);
    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'open' });
    expect(rig.aws.cancels.map((one) => one.instanceIds)).toEqual([['i-002', 'i-003']]);
    rig.clock.advance(1);

    expect(await rig.tasks.collectResults(batch)).toMatchObject({ state: 'next' });

    expect(await outcomes(rig, batch)).toEqual({ 'a i-001': 'succeeded', 'a i-002': 'aborted', 'a i-003': 'aborted' });
    const results = await rig.store.listResults(batch.runId, batch.batchId);
    expect(results.find((one) => one.nodeId === 'i-003')?.outcome.reason).toContain('unknown');
  });

  it('asks the agent again when the call did not get through', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ state: 'running' });
    const batch = await sent(rig);
    await rig.services.abortRun(batch.runId, {}, 'ann');
    rig.script.onCancel = () => Promise.reject(new Error('no network'));
    await expect(rig.tasks.collectResults(batch)).rejects.toThrow('no network');
    rig.script.onCancel = async () => undefined;

    await rig.tasks.collectResults(batch);
    await rig.tasks.collectResults(batch);

    expect(rig.aws.cancels).toHaveLength(2);
  });

  it('lets a command that ended by itself be what it was', async () => {
    const rig = newRig(hosts(1));
    const batch = await sent(rig);
    await rig.services.abortRun(batch.runId, {}, 'ann');

    await rig.tasks.collectResults(batch);

    expect(await outcomes(rig, batch)).toEqual({ 'a i-001': 'succeeded' });
  });
});
