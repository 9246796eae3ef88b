import { describe, expect, it } from 'vitest';
import { lateAgent } from '#functions/runtime/late-agent.ts';
import type { Agent } from '#shared/ports/agent.ts';

const limits = { instances: 100, scriptBytes: 18_000, textBytes: 16_000 };
const placed = { region: 'cn-hangzhou', instanceIds: ['i-1'] };

/** An agent that answers every call with the call's name. */
const echo = (calls: string[]): Agent => {
  const noted =
    <T>(name: string, answer: T) =>
    async (): Promise<T> => {
      calls.push(name);
      return answer;
    };
  return {
    kind: 'aliyun',
    limits,
    send: noted('send', { refusals: [] }),
    find: noted('find', 't-1'),
    look: noted('look', []),
    cancel: noted('cancel', undefined),
    reach: noted('reach', []),
    sendAgain: noted('sendAgain', { refusals: [] }),
    pushFile: noted('pushFile', { refusals: [] }),
  };
};

describe('an agent that is connected late', () => {
  it('says what it can take without a connection', () => {
    const agent = lateAgent({ kind: 'aliyun', limits }, () => Promise.reject(new Error('connected')));
    expect([agent.kind, agent.limits]).toEqual(['aliyun', limits]);
  });

  it('hands every call to the connected one', async () => {
    const calls: string[] = [];
    const agent = lateAgent({ kind: 'aliyun', limits }, async () => echo(calls));
    const request = {
      ...placed,
      invocationId: 'x',
      timeoutSeconds: 1,
      deliveryTimeoutSeconds: 1,
      script: '',
      needsInstanceId: false,
    };
    await agent.send(request);
    expect(await agent.find({ ...placed, invocationId: 'x', since: '2026-01-01T00:00:00Z' })).toBe('t-1');
    await agent.look({ ...placed, agentInvocationId: 't-1' });
    await agent.cancel({ ...placed, agentInvocationId: 't-1' });
    await agent.reach(placed);
    await agent.sendAgain?.({ ...placed, agentInvocationId: 't-1' });
    await agent.pushFile({
      ...placed,
      invocationId: 'x',
      path: '/f',
      content: new Uint8Array(),
      mode: '0644',
      overwrite: true,
    });
    expect(calls).toEqual(['send', 'find', 'look', 'cancel', 'reach', 'sendAgain', 'pushFile']);
  });
});
