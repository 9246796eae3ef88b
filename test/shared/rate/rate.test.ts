import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RateRecord, rateRecordSchema } from '#shared/model/rate.ts';
import { isOpen, lowerRate, openRate, rateKeyText, rateTimes, takeMoments } from '#shared/rate/rate.ts';

const nowMs = Date.parse('2026-11-21T07:09:00.000Z');
const key = { agent: 'aws', region: 'eu-west-1', action: 'SendCommand' } as const;
const limitOf = (change: Partial<RateRecord> = {}): RateRecord => ({
  ...openRate(key, { nowMs, takenPerSecond: 0 }),
  ...{ nextAtMs: nowMs, isFound: true, perSecond: 10 },
  ...change,
});
const take = (record: RateRecord, atMs: number, patiencesMs: readonly number[] = [20_000], ahead = 0) =>
  takeMoments(record, { nowMs: atMs, patiencesMs, ahead });

describe('rateKeyText', () => {
  it('tells keys apart, also those whose parts look alike', () => {
    const keys = [
      key,
      { ...key, account: '1' },
      { ...key, account: '' },
      { ...key, region: 'eu-west-1","SendCommand' },
      { ...key, action: 'ListCommands' },
      { ...key, agent: 'aliyun' as const },
    ];
    expect(new Set(keys.map(rateKeyText)).size).toBe(keys.length);
  });
});

describe('openRate', () => {
  it('begins below what was taken of late, and at the first rate when that is unknown', () => {
    expect(openRate(key, { nowMs, takenPerSecond: 30 })).toMatchObject({ perSecond: 15, version: 1, epoch: 0 });
    expect(openRate(key, { nowMs, takenPerSecond: 0 }).perSecond).toBe(rateTimes.firstPerSecond);
    expect(openRate(key, { nowMs, takenPerSecond: 9_999 }).perSecond).toBe(rateTimes.mostPerSecond);
  });

  it('begins below what an earlier limit had found, and goes on with its numbers', () => {
    const earlier = limitOf({ perSecond: 20, version: 7, epoch: 3, closesAtMs: nowMs - 1 });
    const opened = openRate(key, { nowMs, takenPerSecond: 0 }, earlier);
    expect(opened).toMatchObject({ perSecond: 14, version: 8, epoch: 4 });
    expect(rateRecordSchema.parse(opened)).toEqual(opened);
  });

  it('gives no moment before the time that the cloud asked for, and not for ever either', () => {
    expect(openRate(key, { nowMs, takenPerSecond: 0, retryAfterMs: 3_000 }).nextAtMs).toBe(nowMs + 3_000);
    expect(openRate(key, { nowMs, takenPerSecond: 0, retryAfterMs: 86_400_000 }).nextAtMs).toBe(
      nowMs + rateTimes.furthestMs,
    );
  });

  it('is over when no call was refused for some minutes', () => {
    const opened = openRate(key, { nowMs, takenPerSecond: 0 });
    expect(isOpen(opened, nowMs + rateTimes.closeMs - 1)).toBe(true);
    expect(isOpen(opened, nowMs + rateTimes.closeMs)).toBe(false);
  });
});

describe('lowerRate', () => {
  it('halves at first, then goes down by less, and never below the least', () => {
    let limit = limitOf({ isFound: false, perSecond: 40 });
    const rates: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      limit = lowerRate(limit, { nowMs, epoch: limit.epoch });
      rates.push(limit.perSecond);
    }
    expect(rates.slice(0, 3)).toEqual([20, 14, expect.closeTo(9.8)]);
    expect(rates.at(-1)).toBe(rateTimes.leastPerSecond);
  });

  it('does nothing about a call whose moment was given before, or that had none', () => {
    const limit = lowerRate(limitOf(), { nowMs, epoch: 0 });
    expect(lowerRate(limit, { nowMs, epoch: 0 })).toBe(limit);
    expect(lowerRate(limit, { nowMs, epoch: undefined })).toBe(limit);
  });

  it('puts off the end, and voids the moments that are given', () => {
    const busy = take(limitOf(), nowMs, Array(50).fill(20_000)).record;
    const later = nowMs + 1_000;
    const lowered = lowerRate(busy, { nowMs: later, epoch: busy.epoch });
    expect(lowered.nextAtMs).toBeLessThan(busy.nextAtMs);
    expect(lowered.closesAtMs).toBe(later + rateTimes.closeMs);
  });
});

describe('takeMoments', () => {
  it('gives one moment after another, and what is ahead after those who wait', () => {
    const { momentsMs, aheadMs, record } = take(limitOf(), nowMs, [20_000, 20_000], 2);
    expect(momentsMs).toEqual([nowMs, nowMs + 100]);
    expect(aheadMs).toEqual([nowMs + 200, nowMs + 300]);
    expect(record).toMatchObject({ nextAtMs: nowMs + 400, version: 2 });
  });

  it('gives nothing to one who cannot wait so long, and nothing ahead then', () => {
    const busy = limitOf({ nextAtMs: nowMs + 5_000, changedAtMs: nowMs });
    const { momentsMs, aheadMs } = take(busy, nowMs, [4_999, 5_000, 5_000], 4);
    expect(momentsMs).toEqual([undefined, nowMs + 5_000, undefined]);
    expect(aheadMs).toEqual([]);
    const none = take(busy, nowMs, [100]);
    expect(none).toMatchObject({ record: busy, momentsMs: [undefined], waitMs: 5_000 });
    expect(none.record).toBe(busy);
  });

  it('grows after a quiet span while somebody waits: doubled until it was found, then by a step', () => {
    const quiet = nowMs + rateTimes.quietMs;
    const busy = { nextAtMs: quiet + 1_000, changedAtMs: nowMs };
    expect(take(limitOf({ ...busy, isFound: false }), quiet).record.perSecond).toBe(20);
    expect(take(limitOf(busy), quiet).record.perSecond).toBe(11);
    expect(take(limitOf(busy), quiet - 1).record.perSecond).toBe(10);
    expect(take(limitOf({ ...busy, nextAtMs: quiet }), quiet).record.perSecond).toBe(10);
  });
});

/** A limit on which many processes act in some order. */
type Act =
  | { readonly kind: 'take'; readonly callers: number; readonly ahead: number; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly behind: number; readonly retryAfterMs: number; readonly afterMs: number };

const pause = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 30_000 }));
const takes: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('take' as const),
  callers: fc.integer({ min: 1, max: 12 }),
  ahead: fc.integer({ min: 0, max: 8 }),
  afterMs: pause,
});
const refusals: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('refused' as const),
  behind: fc.integer({ min: 0, max: 2 }),
  retryAfterMs: fc.integer({ min: 0, max: 5_000 }),
  afterMs: pause,
});
const startingAt = fc.record({
  perSecond: fc.double({ min: rateTimes.leastPerSecond, max: rateTimes.mostPerSecond, noNaN: true }),
  isFound: fc.boolean(),
});

describe('a shared limit, whatever is done with it', () => {
  const play = (start: Partial<RateRecord>, acts: readonly Act[], clockOf = (trueMs: number, _: number) => trueMs) => {
    let [limit, trueMs] = [limitOf(start), nowMs];
    const given: { readonly atMs: number; readonly epoch: number }[] = [];
    const seen: RateRecord[] = [limit];
    for (const [index, act] of acts.entries()) {
      trueMs += act.afterMs;
      const atMs = clockOf(trueMs, index);
      if (act.kind === 'refused') {
        const { behind, retryAfterMs } = act;
        limit = lowerRate(limit, { nowMs: atMs, retryAfterMs, epoch: limit.epoch - behind });
      } else {
        const taken = take(limit, atMs, Array(act.callers).fill(20_000), act.ahead);
        for (const moment of [...taken.momentsMs, ...taken.aheadMs])
          if (moment !== undefined) given.push({ atMs: Math.max(moment, atMs), epoch: taken.record.epoch });
        limit = taken.record;
      }
      seen.push(limit);
    }
    return { limit, given, seen, trueMs };
  };

  it('has a rate between the least and the most, and a version that grows with each change', () => {
    fc.assert(
      fc.property(startingAt, fc.array(fc.oneof(takes, refusals), { maxLength: 60 }), (start, acts) => {
        const { seen } = play(start, acts);
        for (const [index, one] of seen.entries()) {
          expect(rateRecordSchema.safeParse(one).success).toBe(true);
          expect(one.perSecond).toBeGreaterThanOrEqual(rateTimes.leastPerSecond);
          expect(one.perSecond).toBeLessThanOrEqual(rateTimes.mostPerSecond);
          const before = seen[index - 1];
          if (before !== undefined) expect(one.version - before.version).toBe(one === before ? 0 : 1);
        }
      }),
    );
  });

  it('lets no more calls through in any window than the highest rate in it allows, and one', () => {
    fc.assert(
      fc.property(startingAt, fc.array(takes, { minLength: 1, maxLength: 40 }), (start, acts) => {
        const { given, limit } = play(start, acts);
        // Without a refusal the rate only grows, so that the last one is the highest.
        const moments = given.map(({ atMs }) => atMs).sort((one, other) => one - other);
        for (const [from, first] of moments.entries())
          for (const [ahead, last] of moments.slice(from, from + 30).entries())
            expect(ahead).toBeLessThanOrEqual(((last - first) * limit.perSecond) / 1000 + 1e-3);
      }),
      { numRuns: 60 },
    );
  });

  it('gives no moment of a new epoch before the pause that the refusal asked for', () => {
    fc.assert(
      fc.property(startingAt, fc.array(fc.oneof(takes, refusals), { maxLength: 60 }), (start, acts) => {
        let [limit, trueMs, pausedUntil] = [limitOf(start), nowMs, 0];
        for (const act of acts) {
          trueMs += act.afterMs;
          if (act.kind === 'refused') {
            const lowered = lowerRate(limit, { nowMs: trueMs, epoch: limit.epoch, retryAfterMs: act.retryAfterMs });
            pausedUntil = trueMs + act.retryAfterMs;
            limit = lowered;
          } else {
            const taken = take(limit, trueMs, Array(act.callers).fill(20_000), act.ahead);
            for (const moment of taken.momentsMs)
              if (moment !== undefined) expect(moment).toBeGreaterThanOrEqual(pausedUntil);
            limit = taken.record;
          }
        }
      }),
    );
  });

  it('recovers from any rate to what is wanted, once nothing is refused', () => {
    fc.assert(
      fc.property(startingAt, (start) => {
        let limit = limitOf(start);
        let atMs = nowMs;
        for (let n = 0; n < 6_000 && limit.perSecond < rateTimes.mostPerSecond; n += 1) {
          limit = take(limit, atMs, Array(20).fill(20_000)).record;
          atMs += 100;
        }
        expect(limit.perSecond).toBe(rateTimes.mostPerSecond);
      }),
      { numRuns: 20 },
    );
  });

  it('does no harm when clocks go back or are ahead: nobody waits longer than a minute for it', () => {
    const hour = 3_600_000;
    fc.assert(
      fc.property(
        startingAt,
        fc.array(fc.oneof(takes, refusals), { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: -hour, max: hour }), { minLength: 40, maxLength: 40 }),
        (start, acts, skews) => {
          const { limit, trueMs } = play(start, acts, (now, index) => now + (skews[index] ?? 0));
          // Afterwards somebody comes whose clock is right, and asks as often as it takes.
          const { waitMs, momentsMs } = take(limit, trueMs, [rateTimes.furthestMs]);
          expect(momentsMs).not.toContain(undefined);
          expect(waitMs).toBeLessThanOrEqual(rateTimes.furthestMs + 1000);
          const after = take(limit, trueMs, [rateTimes.furthestMs]).record;
          expect(after.closesAtMs).toBeLessThanOrEqual(trueMs + rateTimes.closeMs);
        },
      ),
    );
  });
});
