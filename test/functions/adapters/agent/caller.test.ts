import { describe, expect, test } from 'vitest';
import { agentRetries } from '#functions/adapters/agent/back-off.ts';
import type { CallFailure } from '#functions/adapters/agent/call-failure.ts';
import type { CallName } from '#functions/adapters/agent/call-name.ts';
import { createCaller } from '#functions/adapters/agent/caller.ts';

class CloudError extends Error {
  readonly failure: CallFailure;

  constructor(failure: CallFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

const classify = (error: unknown) => (error instanceof CloudError ? error.failure : undefined);

/** A service that fails in the given ways, one a call, and then answers. */
const serviceThat = (...failures: readonly CallFailure[]) => {
  const waits: number[] = [];
  let calls = 0;
  let now = 0;
  const caller = createCaller(classify, {
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    random: () => 0.5,
    now: () => now,
  });
  const run = async (): Promise<string> => {
    const failure = failures[calls];
    calls += 1;
    if (failure !== undefined) throw new CloudError(failure);
    return 'answer';
  };
  return { caller, run, waits, calls: () => calls };
};

const named = (action: string): CallName => ({ agent: 'aws', service: 'SSM', region: 'eu-west-1', action });

const throttled: CallFailure = { kind: 'throttled', code: 'Throttling' };
const unavailable: CallFailure = { kind: 'unavailable', code: 'ECONNRESET' };
const refused: CallFailure = { kind: 'refused', code: 'InvalidInstanceId' };

describe('a call of an agent', () => {
  test('is made again after throttling, even when it is not repeatable', async () => {
    const service = serviceThat(throttled, throttled);
    const answer = await service.caller.ask({ what: named('Send'), run: service.run, repeatable: false });
    expect(answer).toEqual({ refused: false, value: 'answer' });
    expect(service.waits).toEqual([125, 250]);
  });

  test('is made once when it may have taken effect and must not be repeated', async () => {
    const service = serviceThat(unavailable);
    await expect(
      service.caller.ask({ what: named('Send'), run: service.run, repeatable: false }),
    ).rejects.toMatchObject({
      code: 'agent.unavailable',
      cause: expect.any(CloudError),
    });
    expect(service.calls()).toBe(1);
  });

  test('is not made again after the throttling when the repetition gets no answer', async () => {
    const service = serviceThat(throttled, unavailable);
    const call = { what: named('Send'), run: service.run, repeatable: false };
    await expect(service.caller.ask(call)).rejects.toMatchObject({ code: 'agent.unavailable' });
    expect(service.calls()).toBe(2);
  });

  test('is repeated without an answer when it only reads', async () => {
    const service = serviceThat(unavailable, unavailable);
    await expect(service.caller.read(named('Look'), service.run)).resolves.toBe('answer');
  });

  test('waits as long as the service asks for', async () => {
    const service = serviceThat({ ...throttled, retryAfterMs: 3_000 });
    await service.caller.read(named('Look'), service.run);
    expect(service.waits).toEqual([3_125]);
  });

  test('gives up as throttled, and says how long the service wants to rest', async () => {
    const service = serviceThat(...Array.from({ length: 99 }, () => ({ ...throttled, retryAfterMs: 100 })));
    await expect(service.caller.read(named('Look'), service.run)).rejects.toMatchObject({
      code: 'agent.throttled',
      retryAfterMs: 100,
    });
    expect(service.calls()).toBe(agentRetries.tries);
  });

  test('returns a refusal with its code, at once', async () => {
    const service = serviceThat(refused);
    const answer = await service.caller.ask({ what: named('Send'), run: service.run, repeatable: true });
    expect(answer).toMatchObject({ refused: true, code: 'InvalidInstanceId', error: { code: 'agent.refused' } });
    expect(service.calls()).toBe(1);
  });

  test('fails with its refusal when it only reads, with a hint', async () => {
    const service = serviceThat({ kind: 'refused', code: 'AccessDeniedException' });
    await expect(service.caller.read(named('Look'), service.run)).rejects.toMatchObject({
      code: 'agent.refused',
      hint: expect.stringContaining('Grant'),
    });
  });

  test('never waits for a quota', async () => {
    const service = serviceThat({ kind: 'quota', code: 'Invocation.ExceedQuota' });
    await expect(service.caller.read(named('Send'), service.run)).rejects.toMatchObject({
      code: 'agent.quota-exceeded',
    });
    expect(service.calls()).toBe(1);
  });

  test('lets a defect of ours through as it is', async () => {
    const { caller } = serviceThat();
    const defect = new TypeError('no such function');
    await expect(caller.read(named('Look'), () => Promise.reject(defect))).rejects.toBe(defect);
  });
});
