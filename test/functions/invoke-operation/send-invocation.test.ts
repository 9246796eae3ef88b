import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import type { UploadGrant } from '#shared/ports/services.ts';
import { driveBatch } from '#test/kit/drive.ts';
import { hosts, op, useRigs } from '#test/kit/rig.ts';
import { groupOf, invocationOf, opened, stateOf, twoOperations } from './opened-batch.ts';

const newRig = useRigs();

describe('a form for uploads', () => {
  const form = {
    url: 'https://blobs.example/',
    policy: '{"conditions":[]}',
    fields: { 'x-amz-signature': 'f'.repeat(64) },
    keyPrefix: 'blobs/',
  };

  it('goes with each sending, for that operation and attempt, until every node must have answered', async () => {
    const rig = newRig(hosts(2));
    const grants: UploadGrant[] = [];
    rig.blobs.allowUploads = async (grant) => {
      grants.push(grant);
      return form;
    };
    const { runId, batchId } = await opened(rig, groupOf([op('a', { timeout: '90s' }), op('b')]));

    await driveBatch(rig, runId, batchId);

    expect(grants).toMatchObject([
      { prefix: `output/${runId}/${runId}_2Ea_2Ea1_2Es0_2Et0/`, expiresSeconds: 300 + 120 + 90 + 120 + 180 },
      { prefix: `output/${runId}/${runId}_2Eb_2Ea1_2Es0_2Et0/` },
    ]);
    expect(rig.aws.sends.map(({ script }) => script.includes(form.url))).toEqual([true, true]);
  });

  it('is dated as the invocation is, so that a repeat sends the same bytes; a late repeat gets a new one', async () => {
    const rig = newRig(hosts(1));
    const dates: string[] = [];
    rig.blobs.allowUploads = async ({ since }) => {
      dates.push(since);
      return form;
    };
    rig.script.beforeSend = () => {
      throw new AppError('agent.unavailable', 'no answer');
    };
    const { runId, batchId } = await opened(rig);
    const createdAt = new Date(rig.clock.now()).toISOString();
    const send = () => rig.tasks.invokeOperation({ runId, batchId }).catch(() => undefined);

    await send();
    rig.clock.advance(299);
    await send();
    rig.clock.advance(1);
    await send();

    expect(dates).toEqual([createdAt, createdAt, new Date(rig.clock.now()).toISOString()]);
  });

  it('stays away where the script has no room for it', async () => {
    const rig = newRig(hosts(1));
    rig.blobs.allowUploads = async () => form;
    rig.script.limits = { instances: 50, scriptBytes: 9_000, textBytes: 16_000 };
    const { runId, batchId } = await opened(rig, groupOf([op('a', { run: `: ${'x'.repeat(4_000)}` })]));

    await driveBatch(rig, runId, batchId);

    expect(rig.aws.sends.map(({ script }) => script.includes(form.url))).toEqual([false]);
    expect(rig.events).toContain('invocation.without-upload');
  });
});

describe('a refusal', () => {
  it('of some instances is their end, and the others are waited for', async () => {
    const rig = newRig();
    rig.script.refuse = (id) => (id === 'i-002' ? 'not registered' : undefined);
    const { runId, batchId } = await opened(rig, { ...twoOperations, maxFailures: 1 });

    await driveBatch(rig, runId, batchId);

    expect(rig.aws.sends.map((one) => one.instanceIds.length)).toEqual([3, 2]);
    const [refused] = (await rig.store.listResults(runId, batchId)).filter((one) => one.nodeId === 'i-002');
    expect(refused?.outcome).toMatchObject({
      ...{ status: 'undeliverable', reason: 'not registered', rawStatus: 'InvalidInstanceId' },
    });
    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { succeeded: 2, undeliverable: 1 }]);
  });

  it('of all instances ends the batch at once', async () => {
    const rig = newRig();
    rig.script.refuse = () => 'not registered';
    const { runId, batchId } = await opened(rig);

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { undeliverable: 3 }]);
  });

  it.each([['agent.refused'], ['agent.quota-exceeded'], ['agent.unknown-placement']] as const)(
    'of the whole call as %s is recorded for each node, not an error',
    async (code) => {
      const rig = newRig(hosts(2));
      rig.script.beforeSend = () => {
        throw new AppError(code, 'the document is too new');
      };
      const { runId, batchId } = await opened(rig);

      expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

      const outcomes = (await rig.store.listResults(runId, batchId)).map((one) => one.outcome);
      expect(outcomes).toMatchObject(
        Array(2).fill({ status: 'undeliverable', reason: 'the document is too new', rawStatus: code }),
      );
    },
  );

  it('by ourselves: a script that is too large is not sent, and each node has the sizes as its reason', async () => {
    const rig = newRig(hosts(2));
    rig.script.limits = { instances: 50, scriptBytes: 9_000, textBytes: 16_000 };
    const { runId, batchId } = await opened(rig, groupOf([op('a', { run: `: ${'x'.repeat(9_000)}` }), op('b')]));

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });
    const before = await rig.records(runId);
    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

    expect(rig.aws.sends).toEqual([]);
    const outcomes = (await rig.store.listResults(runId, batchId)).map((one) => one.outcome);
    expect(outcomes.map((one) => one.status)).toEqual(['failed', 'failed']);
    expect(outcomes[0]?.reason).toMatch(/^script\.too-large: .* make \d+ bytes, aws takes 9000$/);
    expect(await rig.records(runId)).toEqual(before);
  });
});

describe('a call that failed', () => {
  it('by throttling is an error for the state machine to try again, and then sent once', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    rig.script.beforeSend = () => {
      throw new AppError('agent.throttled', 'slow down');
    };
    await expect(rig.tasks.invokeOperation({ runId, batchId })).rejects.toMatchObject({ code: 'agent.throttled' });
    await expect(rig.tasks.invokeOperation({ runId, batchId })).rejects.toMatchObject({ code: 'agent.throttled' });
    rig.script.beforeSend = () => undefined;

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'open' });

    expect(rig.aws.sends).toHaveLength(1);
    expect(rig.aws.finds).toHaveLength(2);
  });

  it('after it took effect is found at the agent, and not sent again', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    rig.script.afterSend = () => {
      throw new AppError('agent.unavailable', 'the connection was reset');
    };
    await expect(rig.tasks.invokeOperation({ runId, batchId })).rejects.toMatchObject({ code: 'agent.unavailable' });

    const { invocationId } = await rig.tasks.invokeOperation({ runId, batchId });

    expect(rig.aws.sends).toHaveLength(1);
    expect(await invocationOf(rig, { runId, batchId })).toMatchObject({
      status: 'sent',
      agentInvocationId: `cmd-${invocationId}`,
    });
  });

  it('before it took effect is sent again under the same id', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig);
    let ids: readonly string[] = [];
    rig.script.beforeSend = ({ invocationId }) => {
      ids = [...ids, invocationId];
      if (ids.length === 1) throw new AppError('agent.unavailable', 'the connection was reset');
    };
    await expect(rig.tasks.invokeOperation({ runId, batchId })).rejects.toMatchObject({ code: 'agent.unavailable' });

    await rig.tasks.invokeOperation({ runId, batchId });

    expect(rig.aws.sends).toHaveLength(1);
    expect(ids[0]).toBe(ids[1]);
  });

  it('is not repeated once the run is being aborted, unless the agent has it: then it is waited for', async () => {
    const rig = newRig();
    const [unsent, taken] = [await opened(rig), await opened(rig)];
    const lost = () => {
      throw new AppError('agent.unavailable', 'the connection was reset');
    };
    rig.script.beforeSend = lost;
    await expect(rig.tasks.invokeOperation(unsent)).rejects.toThrow();
    Object.assign(rig.script, { beforeSend: () => undefined, afterSend: lost });
    await expect(rig.tasks.invokeOperation(taken)).rejects.toThrow();
    rig.script.afterSend = () => undefined;
    for (const { runId } of [unsent, taken]) await rig.services.abortRun(runId, {}, 'ann');

    expect(await rig.tasks.invokeOperation(unsent)).toMatchObject({ state: 'done' });
    expect(await rig.tasks.invokeOperation(taken)).toMatchObject({ state: 'open' });

    expect(rig.aws.sends).toHaveLength(1);
    expect(await stateOf(rig, unsent)).toEqual(['stopped', { pending: 3 }]);
    expect(await stateOf(rig, taken)).toEqual(['running', { running: 3 }]);
  });
});
