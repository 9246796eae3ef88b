import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf, listPrices } from '#shared/cost/prices.ts';
import { addUsage, noUsage, timesUsage, type Usage, usageNames } from '#shared/model/usage.ts';

const anyUsage: fc.Arbitrary<Usage> = fc
  .tuple(...usageNames.map(() => fc.nat({ max: 1_000_000 })))
  .map((amounts) => ({ ...noUsage, ...Object.fromEntries(usageNames.map((name, i) => [name, amounts[i]])) }));

describe('costOf', () => {
  test('is what the price lists say', () => {
    const usage = { ...noUsage, transitions: 4_000, functionCalls: 1_000_000, tableWrites: 1_000_000, blobPuts: 1_000 };
    expect(costOf(usage, listPrices).byService).toEqual({
      stepFunctions: expect.closeTo(0.1),
      lambda: expect.closeTo(0.2),
      dynamoDb: expect.closeTo(0.625),
      s3: expect.closeTo(0.005),
    });
    const gbHour = { ...noUsage, functionMibMs: 1024 * 1000 * 3600 };
    expect(costOf(gbHour, listPrices).usd).toBeCloseTo(0.048);
    expect(costOf({ ...noUsage, agentCalls: 1_000 }, listPrices).usd).toBe(0);
  });

  test('of a sum is the sum of the costs, and never falls when more is used', () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, fc.nat({ max: 50 }), (one, other, times) => {
        const usd = (usage: Usage): number => costOf(usage, listPrices).usd;
        expect(usd(addUsage([one, other]))).toBeCloseTo(usd(one) + usd(other), 6);
        expect(usd(timesUsage(one, times))).toBeCloseTo(times * usd(one), 5);
        expect(usd(addUsage([one, other]))).toBeGreaterThanOrEqual(usd(one));
      }),
    );
  });
});
