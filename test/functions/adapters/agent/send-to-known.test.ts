import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Sender, sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import { AppError } from '#shared/errors/app-error.ts';

const refusal = (code: string) => ({ refused: true as const, code, error: new AppError('agent.refused', `${code}!`) });

/** A cloud that refuses every call with a bad instance in it; `found` of the bad ones are found by asking, and `suspects` are suspect. */
const cloudWith = (setup: {
  readonly bad: ReadonlySet<string>;
  readonly found?: ReadonlySet<string>;
  readonly suspects?: ReadonlySet<string>;
}) => {
  const sent: (readonly string[])[] = [];
  let calls = 0;
  const sender: Sender = {
    send: async (ids) => {
      calls += 1;
      if (ids.some((id) => setup.bad.has(id))) return refusal('InvalidInstanceId');
      sent.push(ids);
      return { refused: false, value: `c-${sent.length}` };
    },
    blamesInstance: (code) => code === 'InvalidInstanceId',
    validate: async (ids) => ({
      refusals: ids
        .filter((id) => setup.found?.has(id))
        .map((instanceId) => ({ instanceId, reason: 'unknown', rawStatus: 'InvalidInstanceId' })),
      suspects: setup.suspects ?? new Set(),
    }),
  };
  return { sender, sent, calls: () => calls };
};

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);

const setups = fc.integer({ min: 1, max: 100 }).chain((count) => {
  const ids = idsOf(count);
  const some = fc.subarray(ids).map((part) => new Set(part));
  return fc.record({ ids: fc.constant(ids), bad: some, suspects: some, foundShare: fc.constantFrom(0, 1, 2) });
});

describe('sending to the instances that can be sent to', () => {
  test('sends once to each good instance, and refuses exactly the bad ones', async () => {
    await fc.assert(
      fc.asyncProperty(setups, async ({ ids, bad, suspects, foundShare }) => {
        const found = new Set([...bad].filter((_, index) => foundShare > 0 && index % foundShare === 0));
        const cloud = cloudWith({ bad, found, suspects });
        const receipt = await sendToKnown(cloud.sender, ids);
        expect(cloud.sent.flat().toSorted()).toEqual(ids.filter((id) => !bad.has(id)).toSorted());
        expect(receipt.refusals.map(({ instanceId }) => instanceId).toSorted()).toEqual([...bad].toSorted());
        expect(splitSentIds(receipt.agentInvocationId ?? '')).toHaveLength(cloud.sent.length);
      }),
    );
  });

  test('takes one call when all are good', async () => {
    const cloud = cloudWith({ bad: new Set() });
    await expect(sendToKnown(cloud.sender, idsOf(50))).resolves.toEqual({ agentInvocationId: 'c-1', refusals: [] });
    expect(cloud.calls()).toBe(1);
  });

  test('takes two calls when asking finds all the bad ones', async () => {
    const bad = new Set(['i-3', 'i-8']);
    const cloud = cloudWith({ bad, found: bad });
    await sendToKnown(cloud.sender, idsOf(50));
    expect(cloud.calls()).toBe(2);
  });

  test('parts the suspects from the others first, so that the others stay together', async () => {
    const cloud = cloudWith({ bad: new Set(['i-3']), suspects: new Set(['i-3', 'i-4']) });
    const receipt = await sendToKnown(cloud.sender, idsOf(50));
    expect(cloud.sent.map((ids) => ids.length)).toEqual([48, 1]);
    expect(receipt.agentInvocationId).toBe('c-1+c-2');
  });

  test('has no id when every instance is refused', async () => {
    const all = new Set(idsOf(3));
    const receipt = await sendToKnown(cloudWith({ bad: all, found: all }).sender, idsOf(3));
    expect(receipt.agentInvocationId).toBeUndefined();
  });

  test('fails with a refusal that no instance is to blame for', async () => {
    const sender = { ...cloudWith({ bad: new Set() }).sender, send: async () => refusal('InvalidDocument') };
    await expect(sendToKnown(sender, idsOf(3))).rejects.toMatchObject({ code: 'agent.refused' });
  });

  test.each(['agent.throttled', 'agent.refused', 'agent.quota-exceeded'] as const)(
    'refuses what is left of a sending in parts when a later part ends in %s',
    async (code) => {
      const cloud = cloudWith({ bad: new Set(['i-3']), suspects: new Set(['i-2', 'i-3']) });
      const send: Sender['send'] = async (ids, isResend) => {
        if (cloud.sent.length > 0) throw new AppError(code, 'given up');
        return cloud.sender.send(ids, isResend);
      };
      const receipt = await sendToKnown({ ...cloud.sender, send }, idsOf(4));
      expect(receipt).toEqual({
        agentInvocationId: 'c-1',
        refusals: ['i-2', 'i-3'].map((instanceId) => ({ instanceId, reason: 'given up', rawStatus: code })),
      });
    },
  );

  test('fails when a later part may have taken effect, so that the caller looks it up', async () => {
    const cloud = cloudWith({ bad: new Set(['i-3']) });
    const send: Sender['send'] = async (ids, isResend) => {
      if (cloud.sent.length > 0) throw new AppError('agent.unavailable', 'no answer');
      return cloud.sender.send(ids, isResend);
    };
    await expect(sendToKnown({ ...cloud.sender, send }, idsOf(4))).rejects.toMatchObject({ code: 'agent.unavailable' });
  });
});
