import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentRetries, nextTryMs, type RetryPolicy } from '#functions/adapters/agent/back-off.ts';

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  tries: fc.integer({ min: 1, max: 12 }),
  firstDelayMs: fc.integer({ min: 1, max: 1_000 }),
  maxDelayMs: fc.integer({ min: 1, max: 10_000 }),
  totalMs: fc.integer({ min: 1, max: 60_000 }),
});
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Waits of a call that fails for ever, with a clock that only the waits move. */
const waits = (policy: RetryPolicy, random: () => number, retryAfterMs?: number): readonly number[] => {
  const all: number[] = [];
  for (let elapsedMs = 0; ; ) {
    const delayMs = nextTryMs(policy, { tries: all.length + 1, elapsedMs, retryAfterMs }, random);
    if (delayMs === undefined) return all;
    elapsedMs += delayMs;
    all.push(delayMs);
  }
};

describe('the back-off of agent calls', () => {
  test('makes at most the tries of the policy, within its time', () => {
    fc.assert(
      fc.property(policies, chance, fc.option(fc.nat(20_000), { nil: undefined }), (policy, share, retryAfterMs) => {
        const all = waits(policy, () => share, retryAfterMs);
        expect(all.length).toBeLessThan(policy.tries);
        expect(all.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(policy.totalMs);
      }),
    );
  });

  test('never waits less than the service asks for, nor longer than the window beyond it', () => {
    fc.assert(
      fc.property(policies, chance, fc.nat(20_000), fc.integer({ min: 1, max: 12 }), (policy, share, asked, tries) => {
        const delayMs = nextTryMs(policy, { tries, elapsedMs: 0, retryAfterMs: asked }, () => share);
        if (delayMs === undefined) return;
        expect(delayMs).toBeGreaterThanOrEqual(asked);
        expect(delayMs).toBeLessThanOrEqual(
          asked + Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (tries - 1)),
        );
      }),
    );
  });

  test('doubles its window up to the longest one', () => {
    const most = waits({ ...agentRetries, totalMs: 1e9 }, () => 1);
    expect(most).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('spreads over the whole window', () => {
    const first = (share: number) => nextTryMs(agentRetries, { tries: 1, elapsedMs: 0 }, () => share);
    expect([first(0), first(0.5)]).toEqual([0, 125]);
  });

  test('gives up at once when the service asks for more time than there is', () => {
    expect(nextTryMs(agentRetries, { tries: 1, elapsedMs: 0, retryAfterMs: 20_001 }, () => 0)).toBeUndefined();
  });
});
