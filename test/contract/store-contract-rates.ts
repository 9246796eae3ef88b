import { describe, expect, it } from 'vitest';
import type { RateKey, RateRecord } from '#shared/model/rate.ts';
import { lowerRate, openRate, takeTickets } from '#shared/rate/rate.ts';
import { sampleTime } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const nowMs = Date.parse(sampleTime);
let regions = 0;
const newKey = (change: Partial<RateKey> = {}): RateKey => {
  regions += 1;
  return { agent: 'aws', region: `region-${regions}`, action: 'SendCommand', ...change };
};
const limitOf = (key: RateKey, change: Partial<RateRecord> = {}): RateRecord => ({
  ...openRate(key, { nowMs, takenPerSecond: 20 }),
  ...change,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Rate limits that processes share. */
export const rateContract = (name: string, open: OpenStore): void => {
  describe(`${name}: shared rate limits`, () => {
    const subject = openForSuite(open);

    it('writes a limit under its next version only', async () => {
      const { store } = subject();
      const key = newKey();
      const limit = limitOf(key);
      expect(await store.getRate(key)).toBeUndefined();
      expect(await store.putRate({ ...limit, version: 2 })).toBe(false);
      expect(await store.putRate(limit)).toBe(true);
      expect(await store.putRate({ ...limit, perSecond: 99 })).toBe(false);
      expect(await store.getRate(key)).toEqual(limit);
      const lowered = lowerRate(limit, { nowMs, epoch: 0 });
      expect(await store.putRate(lowered)).toBe(true);
      // Its answer was lost, and it is written again.
      expect(await store.putRate(lowered)).toBe(false);
      expect(await store.getRate(key)).toEqual(lowered);
    });

    it('lists the limits of an account and region, and of no other', async () => {
      const { store } = subject();
      const key = newKey();
      const ours = [limitOf(key), limitOf({ ...key, action: 'ListCommands' })];
      const others = [
        { ...key, account: '123456789012' },
        { ...key, agent: 'aliyun' as const },
        { ...key, region: `${key.region}x` },
      ].map((other) => limitOf(other));
      await Promise.all([...ours, ...others].map((limit) => store.putRate(limit)));
      const listed = await store.listRates({ agent: key.agent, region: key.region });
      expect(listed).toHaveLength(ours.length);
      expect(listed).toEqual(expect.arrayContaining(ours));
      expect(await store.listRates({ ...key, account: '123456789012' })).toEqual([others[0]]);
      expect(await store.listRates(newKey())).toEqual([]);
    });

    it('remembers a limit for an hour after it is over, and then begins anew', async () => {
      const { store, setNow } = subject();
      const key = newKey();
      const limit = limitOf(key, { version: 1 });
      await store.putRate(limit);
      try {
        setNow(limit.closesAtMs + 3_599_000);
        expect(await store.getRate(key)).toEqual(limit);
        expect(await store.putRate(limit)).toBe(false);
        setNow(limit.closesAtMs + 3_601_000);
        expect(await store.getRate(key)).toBeUndefined();
        expect(await store.listRates(key)).toEqual([]);
        expect(await store.putRate(limit)).toBe(true);
      } finally {
        setNow(nowMs);
      }
    });

    it('opens one limit when many are refused at once', async () => {
      const { store } = subject();
      const key = newKey();
      const won = await Promise.all(many(20).map((n) => store.putRate(limitOf(key, { perSecond: n + 1 }))));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.getRate(key))?.perSecond).toBe(won.indexOf(true) + 1);
    });

    it('gives each ticket to one of many that take at once', async () => {
      const { store } = subject();
      const key = newKey();
      await store.putRate(limitOf(key));
      const takeOne = async (): Promise<readonly number[]> => {
        for (;;) {
          const limit = await store.getRate(key);
          if (limit === undefined) throw new Error('The limit is gone.');
          const { record, tickets } = takeTickets(limit, { nowMs, patiencesMs: [60_000, 60_000], ahead: 0 });
          if (await store.putRate(record)) return tickets.filter((ticket) => ticket !== undefined);
        }
      };
      const tickets = (await Promise.all(many(12).map(takeOne))).flat().sort((one, other) => one - other);
      expect(tickets).toEqual(many(24));
    });
  });
};
