import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvocationRecord } from '#shared/model/run.ts';
import {
  aBatch,
  anInvocation,
  aProgress,
  aResult,
  aSlice,
  batchId,
  newRunId,
  sampleTime,
} from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

let lastAgentId = 0;
const sentOf = ({ runId, invocationId }: InvocationRecord, change = {}) => {
  lastAgentId += 1;
  return {
    runId,
    invocationId,
    agent: 'aws' as const,
    agentInvocationId: `command-${lastAgentId}`,
    sentAt: sampleTime,
    deliverBy: '2026-11-21T07:11:00.000Z',
    deadlineAt: '2026-11-21T08:00:00.000Z',
    ...change,
  };
};

/** Invocations, their tokens and signals. */
export const invocationContract = (name: string, open: OpenStore): void => {
  describe(`${name}: invocations`, () => {
    const subject = openForSuite(open);
    const created = async (change: Partial<InvocationRecord> = {}) =>
      (await subject().store.createInvocation(anInvocation(newRunId(), change))).invocation;

    it('creates an invocation once, says so, and keeps the first', async () => {
      const { store } = subject();
      const invocation = anInvocation(newRunId());
      expect(await store.createInvocation(invocation)).toEqual({ invocation, created: true });
      const again = await store.createInvocation({ ...invocation, operationId: 'other' });
      expect(again).toEqual({ invocation, created: false });
    });

    it('lets exactly one of many creators send', async () => {
      const { store } = subject();
      const invocation = anInvocation(newRunId());
      const all = await Promise.all(
        many(8).map((n) => store.createInvocation({ ...invocation, operationId: `o${n}` })),
      );
      expect(all.filter((one) => one.created)).toHaveLength(1);
      expect(new Set(all.map((one) => one.invocation.operationId)).size).toBe(1);
    });

    it('keeps every field', async () => {
      const { store } = subject();
      const invocation = anInvocation(newRunId(), {
        batchId: batchId(12),
        operationIndex: 11,
        tryNumber: 2,
        status: 'sent',
        agentInvocationId: 'command',
        deliverBy: sampleTime,
        sentAt: sampleTime,
        deadlineAt: sampleTime,
        looks: 4,
        cancelledAt: sampleTime,
        token: 't'.repeat(4096),
        signalled: true,
      });
      await store.createInvocation(invocation);
      expect(await store.getInvocation(invocation.runId, invocation.invocationId)).toStrictEqual(invocation);
    });

    it('knows nothing of unknown ids', async () => {
      const { store } = subject();
      const { runId, invocationId } = anInvocation(newRunId());
      expect(await store.getInvocation(runId, invocationId)).toBeUndefined();
      expect(await store.listInvocations(runId, batchId())).toEqual([]);
      expect(await store.findByAgentId('aws', 'nobody')).toBeUndefined();
    });

    it('lists the invocations of a batch in the order of their sending, and nothing else', async () => {
      const { store } = subject();
      const runId = newRunId();
      await store.openSlice(aSlice(runId), [
        { batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) },
      ]);
      await store.putResults([aResult(runId)]);
      const places = [
        [10, 0],
        [0, 1],
        [2, 10],
        [2, 2],
        [0, 0],
      ] as const;
      for (const [operationIndex, tryNumber] of places)
        await store.createInvocation(anInvocation(runId, { operationIndex, tryNumber }));
      await store.createInvocation(anInvocation(runId, { batchId: batchId(1) }));
      const listed = await store.listInvocations(runId, batchId());
      expect(listed.map((one) => [one.operationIndex, one.tryNumber])).toEqual([
        [0, 0],
        [0, 1],
        [2, 2],
        [2, 10],
        [10, 0],
      ]);
    });

    it('records that it was sent, and finds it by the id of the agent', async () => {
      const { store } = subject();
      const invocation = await created();
      const { agent, agentInvocationId, sentAt, deliverBy, deadlineAt, ...pointer } = sentOf(invocation);
      const sent = await store.recordSent({ ...pointer, agent, agentInvocationId, sentAt, deliverBy, deadlineAt });
      expect(sent).toEqual({ ...invocation, status: 'sent', agentInvocationId, sentAt, deliverBy, deadlineAt });
      expect(await store.findByAgentId(agent, agentInvocationId)).toEqual(pointer);
      expect(await store.findByAgentId('aliyun', agentInvocationId)).toBeUndefined();
    });

    it('keeps the first record of the sending when it is repeated', async () => {
      const { store } = subject();
      const invocation = await created();
      const sent = sentOf(invocation);
      const first = await store.recordSent(sent);
      await store.updateInvocation(sent.runId, sent.invocationId, { cancelledAt: sampleTime });
      const second = await store.recordSent({ ...sent, deadlineAt: '2026-11-22T00:00:00.000Z' });
      expect(second).toEqual({ ...first, cancelledAt: sampleTime });
    });

    it('keeps the blob of its sealed secrets with it', async () => {
      const { store } = subject();
      const invocation = await created();
      await store.recordSent({ ...sentOf(invocation), secretsBlob: 'secrets/r/i.abc' });
      const kept = await store.getInvocation(invocation.runId, invocation.invocationId);
      expect(kept?.secretsBlob).toBe('secrets/r/i.abc');
    });

    it('records that it was sent after a signal came, and keeps the signal', async () => {
      const { store } = subject();
      const { runId, invocationId, ...rest } = await created();
      await store.signal(runId, invocationId);
      const sent = await store.recordSent(sentOf({ runId, invocationId, ...rest }));
      expect(sent).toMatchObject({ status: 'sent', signalled: true });
      expect(await store.parkToken(runId, invocationId, 'token')).toEqual({ signalled: true });
    });

    it('updates the fields it is given and no other', async () => {
      const { store } = subject();
      const invocation = await created();
      const { runId, invocationId } = invocation;
      await store.updateInvocation(runId, invocationId, { cancelledAt: sampleTime });
      await store.updateInvocation(runId, invocationId, { deadlineAt: sampleTime });
      await store.updateInvocation(runId, invocationId, {});
      const expected = { ...invocation, cancelledAt: sampleTime, deadlineAt: sampleTime };
      expect(await store.getInvocation(runId, invocationId)).toStrictEqual(expected);
    });

    it('refuses to change an invocation that is not there, and makes none', async () => {
      const { store } = subject();
      const invocation = anInvocation(newRunId());
      const { runId, invocationId } = invocation;
      const missing = { code: 'record.missing' };
      await expect(store.recordSent(sentOf(invocation))).rejects.toMatchObject(missing);
      await expect(store.parkToken(runId, invocationId, 'token')).rejects.toMatchObject(missing);
      await expect(store.beginLook(runId, invocationId)).rejects.toMatchObject(missing);
      await expect(store.updateInvocation(runId, invocationId, {})).rejects.toMatchObject(missing);
      expect(await store.signal(runId, invocationId)).toEqual({});
      expect(await store.getInvocation(runId, invocationId)).toBeUndefined();
    });
  });

  describe(`${name}: wake-ups`, () => {
    const subject = openForSuite(open);
    const waiting = async () => (await subject().store.createInvocation(anInvocation(newRunId()))).invocation;

    it('hands the parked token to a signal', async () => {
      const { store } = subject();
      const { runId, invocationId } = await waiting();
      expect(await store.parkToken(runId, invocationId, 'token')).toEqual({ signalled: false });
      expect(await store.signal(runId, invocationId)).toEqual({ token: 'token' });
    });

    it('tells a token that parks after a signal', async () => {
      const { store } = subject();
      const { runId, invocationId } = await waiting();
      expect(await store.signal(runId, invocationId)).toEqual({});
      expect(await store.parkToken(runId, invocationId, 'token')).toEqual({ signalled: true });
    });

    it('keeps a signal that comes during a look for the next token', async () => {
      const { store } = subject();
      const { runId, invocationId } = await waiting();
      await store.parkToken(runId, invocationId, 'first');
      await store.beginLook(runId, invocationId);
      expect(await store.signal(runId, invocationId)).toEqual({});
      expect(await store.parkToken(runId, invocationId, 'second')).toEqual({ signalled: true });
    });

    it('forgets token and signal when a look begins, and counts it', async () => {
      const { store } = subject();
      const invocation = await waiting();
      const { runId, invocationId } = invocation;
      await store.parkToken(runId, invocationId, 'token');
      await store.signal(runId, invocationId);
      expect(await store.beginLook(runId, invocationId)).toStrictEqual({ ...invocation, looks: 1 });
      expect((await store.beginLook(runId, invocationId)).looks).toBe(2);
      expect(await store.signal(runId, invocationId)).toEqual({});
    });

    it('wakes up exactly once or twice, never not at all, when token and signal arrive together', async () => {
      const { store } = subject();
      for (const round of many(25)) {
        const { runId, invocationId } = await waiting();
        const park = () => store.parkToken(runId, invocationId, `token${round}`);
        const signal = () => store.signal(runId, invocationId);
        const [parked, signalled] =
          round % 2 === 0
            ? await Promise.all([park(), signal()])
            : await Promise.all([signal(), park()]).then(([second, first]) => [first, second] as const);
        expect(parked.signalled || signalled.token === `token${round}`).toBe(true);
      }
    });

    it('does the same as three lines of logic, whatever the order', async () => {
      const { store } = subject();
      const steps = fc.array(fc.constantFrom('park', 'signal', 'look'), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(steps, async (order) => {
          const { runId, invocationId } = await waiting();
          let model: { token?: string; signalled: boolean; looks: number } = { signalled: false, looks: 0 };
          for (const [index, step] of order.entries()) {
            if (step === 'park') {
              model.token = `t${index}`;
              expect(await store.parkToken(runId, invocationId, `t${index}`)).toEqual({ signalled: model.signalled });
            } else if (step === 'signal') {
              model.signalled = true;
              const expected = model.token === undefined ? {} : { token: model.token };
              expect(await store.signal(runId, invocationId)).toEqual(expected);
            } else {
              model = { signalled: false, looks: model.looks + 1 };
              expect(await store.beginLook(runId, invocationId)).toMatchObject(model);
            }
          }
          expect(await store.getInvocation(runId, invocationId)).toMatchObject(model);
        }),
        { numRuns: 20 },
      );
    });
  });
};
