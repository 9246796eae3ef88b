import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import type { BatchId } from '#shared/model/ids.ts';
import { awaitAndLook, driveAttempt, driveBatch, driveSlice, invoke } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { tallyOf } from '#test/kit/store-samples.ts';
import { groupOf, invocationOf, opened, resultsOf, stateOf } from './opened-batch.ts';

const newRig = useRigs();

describe('sending an operation', () => {
  it('writes the invocation before the call, and the agent’s id and the deadlines after it', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig, groupOf([op('a', { timeout: '90s' })]));
    let before: Promise<string | undefined> | undefined;
    rig.script.beforeSend = () => {
      before = invocationOf(rig, { runId, batchId }).then((one) => one?.status);
    };

    const sent = await rig.tasks.invokeOperation({ runId, batchId });

    expect(sent).toEqual({ state: 'open', invocationId: `${runId}.${batchId}.o0.t0`, look: 2 });
    expect(await before).toBe('sending');
    const inSeconds = (seconds: number) => new Date(rig.clock.now() + seconds * 1000).toISOString();
    expect(await invocationOf(rig, { runId, batchId })).toMatchObject({
      ...{ status: 'sent', agentInvocationId: `cmd-${sent.invocationId}`, nodeIds: ['i-001', 'i-002', 'i-003'] },
      ...{ deliverBy: inSeconds(120), deadlineAt: inSeconds(120 + 90 + 120 + 180) },
    });
    expect(rig.aws.sends).toMatchObject([
      { timeoutSeconds: 90 + 120, deliveryTimeoutSeconds: 120, region: 'eu-west-1' },
    ]);
    expect(await stateOf(rig, { runId, batchId })).toEqual(['running', { running: 3 }]);
  });

  it('gives an agent that is offline less time to take it', async () => {
    const rig = newRig(hosts(2, { online: false }));
    const { runId, batchId } = await opened(rig);

    await rig.tasks.invokeOperation({ runId, batchId });

    expect(rig.aws.sends).toMatchObject([{ deliveryTimeoutSeconds: 30 }]);
  });

  it('sends once when it is delivered again, and leaves the same records', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    const first = await rig.tasks.invokeOperation({ runId, batchId });
    const before = await rig.records(runId);
    rig.clock.advance(60);

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toEqual(first);

    expect(rig.aws.sends).toHaveLength(1);
    expect(await rig.records(runId)).toEqual(before);
  });

  it('sends nothing and changes nothing once the batch is done', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    await driveBatch(rig, runId, batchId);
    const before = await rig.records(runId);
    rig.clock.advance(60);

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done', invocationId: '' });

    expect(rig.aws.sends).toHaveLength(2);
    expect(await rig.records(runId)).toEqual(before);
  });

  it('refuses a batch that the ledger does not have', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);

    await expect(
      rig.tasks.invokeOperation({ runId, batchId: batchId.replace('-b0', '-b7') as BatchId }),
    ).rejects.toMatchObject({ code: 'record.missing' });
  });
});

describe('the failure budget', () => {
  const budget = (maxFailures: number | string, operations = [op('a')]) =>
    groupOf(operations, { maxFailures, maxConcurrency: 1 });
  const started = async (rig: Rig, group: unknown) => {
    const { runId, batches } = await opened(rig, group);
    for (const batchId of batches) await driveBatch(rig, runId, batchId);
    const states = await Promise.all(batches.map(async (id) => (await rig.store.getProgress(runId, id))?.state));
    return { runId, states, sent: rig.aws.sends.length };
  };

  it.each([
    [0, 4, ['done', 'stopped', 'stopped', 'stopped']],
    [1, 4, ['done', 'done', 'stopped', 'stopped']],
    ['49%', 4, ['done', 'done', 'stopped', 'stopped']],
    ['50%', 4, ['done', 'done', 'done', 'stopped']],
    ['100%', 4, ['done', 'done', 'done', 'done']],
  ])('of %s lets no batch of %i failing nodes start beyond it', async (maxFailures, count, states) => {
    const rig = newRig(hosts(count));
    rig.script.answer = () => ({ exit: 1 });

    const seen = await started(rig, budget(maxFailures));

    expect(seen.states).toEqual(states);
    expect(seen.sent).toBe(states.filter((one) => one === 'done').length);
    expect((await rig.store.getGroup(seen.runId, 1, 0))?.stopped).toBe(maxFailures !== '100%');
  });

  it('counts timed out, undeliverable and lost nodes, and neither tolerated failures nor skipped nodes', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) =>
      instanceId === 'i-001' ? { state: 'timedOut', rawStatus: 'TimedOut' } : { state: 'error', rawStatus: 'Error' };
    const strict = await started(rig, budget(1));
    const mild = await started(rig, budget(0, [op('a', { failIgnore: true, when: 'node.name == "h-1"' })]));

    expect(strict.states).toEqual(['done', 'done', 'stopped']);
    expect((await rig.store.getGroup(strict.runId, 1, 0))?.tallies).toEqual({
      'a1-g0-s0-p0-x0-b0': tallyOf(1),
      'a1-g0-s0-p0-x0-b1': tallyOf(1),
    });
    expect(mild.states).toEqual(['done', 'done', 'done']);
    expect((await rig.store.getGroup(mild.runId, 1, 0))?.tallies).toEqual({});
  });

  it('lets a batch that has started go on to its next operation', async () => {
    const rig = newRig(hosts(2));
    const { runId, batches } = await opened(rig, budget(0, [op('a'), op('b')]));
    const [one, other] = [batches[0]!, batches[1]!];
    const waiting = await invoke(rig, runId, other);
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-001' ? 1 : 0 });
    await driveBatch(rig, runId, one);
    expect((await rig.store.getGroup(runId, 1, 0))?.stopped).toBe(true);

    expect(await awaitAndLook(rig, { ...waiting, look: 1 })).toMatchObject({ state: 'next' });
    await driveBatch(rig, runId, other);

    expect(await resultsOf(rig, { runId, batchId: other })).toEqual(['a i-002 succeeded', 'b i-002 succeeded']);
  });

  it('stops a batch whose first sending never reached the agent', async () => {
    const rig = newRig(hosts(2));
    const { runId, batches } = await opened(rig, budget(0));
    rig.script.beforeSend = () => {
      throw new AppError('agent.throttled', 'slow down');
    };
    await expect(rig.tasks.invokeOperation({ runId, batchId: batches[1]! })).rejects.toThrow();
    Object.assign(rig.script, { beforeSend: () => undefined, answer: () => ({ exit: 1 }) });
    await driveBatch(rig, runId, batches[0]!);

    expect(await rig.tasks.invokeOperation({ runId, batchId: batches[1]! })).toMatchObject({ state: 'done' });

    expect(rig.aws.sends).toHaveLength(1);
  });

  it('starts anew in the next attempt', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = () => ({ exit: 1 });
    const { runId } = await started(rig, budget(0));
    await driveAttempt(rig, runId);
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    rig.script.answer = () => ({ exit: 0 });

    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');
  });
});

describe('an operator', () => {
  it.each([['pause'], ['abort']] as const)('stops a batch between operations by %s', async (control) => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    const waiting = await invoke(rig, runId, batchId);
    await awaitAndLook(rig, { ...waiting, look: 1 });
    if (control === 'pause') await rig.services.pauseRun(runId, {}, 'ann');
    else await rig.services.abortRun(runId, {}, 'ann');

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });
    const before = await rig.records(runId);
    rig.clock.advance(60);
    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

    expect(rig.aws.sends).toHaveLength(1);
    expect(await stateOf(rig, { runId, batchId })).toEqual(['stopped', { pending: 3 }]);
    expect(await rig.records(runId)).toEqual(before);
  });

  it('resumes: a second pass takes the same nodes up at their next operation', async () => {
    const rig = newRig();
    const { runId, batchId, sliceId } = await opened(rig);
    await awaitAndLook(rig, { ...(await invoke(rig, runId, batchId)), look: 1 });
    await rig.services.pauseRun(runId, {}, 'ann');
    await driveSlice(rig, runId, sliceId);
    await rig.services.resumeRun(runId, {}, 'ann');

    expect(await driveAttempt(rig, runId)).toBe('succeeded');

    expect(rig.aws.sends.map((one) => one.invocationId.slice(27))).toEqual([
      'a1-g0-s0-p0-x0-b0.o0.t0',
      'a1-g0-s0-p0-x1-b0.o1.t0',
    ]);
  });

  it('has a batch of an earlier attempt send nothing any more', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'internal.bug', Cause: '' } });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

    expect(rig.aws.sends).toEqual([]);
  });
});
