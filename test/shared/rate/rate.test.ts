import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RateRecord, rateRecordSchema } from '#shared/model/rate.ts';
import {
  dueAtMs,
  isOpen,
  lowerRate,
  openRate,
  raiseRate,
  rateKeyText,
  rateTimes,
  takeTickets,
} from '#shared/rate/rate.ts';

const nowMs = Date.parse('2026-11-21T07:09:00.000Z');
const key = { agent: 'aws', region: 'eu-west-1', action: 'SendCommand' } as const;
const limitOf = (change: Partial<RateRecord> = {}): RateRecord => ({
  ...openRate(key, { nowMs, takenPerSecond: 0 }),
  ...{ isFound: true, perSecond: 10, baseAtMs: nowMs, changedAtMs: nowMs },
  ...change,
});
const take = (record: RateRecord, atMs: number, patiencesMs: readonly number[] = [20_000], ahead = 0) =>
  takeTickets(record, { nowMs: atMs, patiencesMs, ahead });
const dueOf = (record: RateRecord, tickets: readonly (number | undefined)[]) =>
  tickets.map((ticket) => (ticket === undefined ? undefined : dueAtMs(record, ticket) - nowMs));

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

  it('lets nobody call before the time that the cloud asked for, and not for ever either', () => {
    expect(openRate(key, { nowMs, takenPerSecond: 0, retryAfterMs: 3_000 }).baseAtMs).toBe(nowMs + 3_000);
    expect(openRate(key, { nowMs, takenPerSecond: 0, retryAfterMs: 86_400_000 }).baseAtMs).toBe(
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

  it('does nothing about a call that was made before, or under no limit', () => {
    const limit = lowerRate(limitOf(), { nowMs, epoch: 0 });
    expect(lowerRate(limit, { nowMs, epoch: 0 })).toBe(limit);
    expect(lowerRate(limit, { nowMs, epoch: undefined })).toBe(limit);
  });

  it('voids the tickets, rests, and puts off the end', () => {
    const busy = take(limitOf(), nowMs, Array(50).fill(20_000)).record;
    const later = nowMs + 1_000;
    const lowered = lowerRate(busy, { nowMs: later, epoch: busy.epoch });
    expect(lowered).toMatchObject({ issued: 0, epoch: 1, baseAtMs: later + rateTimes.lookMs });
    expect(lowered.closesAtMs).toBe(later + rateTimes.closeMs);
  });
});

describe('takeTickets', () => {
  it('gives one ticket after another, and those ahead after those for whoever waits', () => {
    const { tickets, ahead, record } = take(limitOf(), nowMs, [20_000, 20_000], 2);
    expect(dueOf(record, tickets)).toEqual([0, 100]);
    expect(dueOf(record, ahead)).toEqual([200, 300]);
    expect(record).toMatchObject({ issued: 4, version: 2 });
  });

  it('gives nothing to one who cannot wait so long, and nothing ahead then', () => {
    const busy = limitOf({ issued: 50 });
    const { tickets, ahead } = take(busy, nowMs, [4_999, 5_000, 5_000], 4);
    expect(tickets).toEqual([undefined, 50, undefined]);
    expect(ahead).toEqual([]);
    const none = take(busy, nowMs, [100]);
    expect(none).toMatchObject({ tickets: [undefined], waitMs: 5_000 });
    expect(none.record).toBe(busy);
  });

  it('is patient while the rate is looked for, as it will double', () => {
    const { tickets } = take(limitOf({ issued: 50, isFound: false }), nowMs, [1_249, 1_250]);
    expect(tickets).toEqual([undefined, 50]);
  });

  it('saves up nothing while nobody calls', () => {
    const { tickets, record } = take(limitOf(), nowMs + 60_000, [9_000, 9_000]);
    expect(dueOf(record, tickets)).toEqual([60_000, 60_100]);
  });
});

describe('raiseRate', () => {
  const later = nowMs + rateTimes.quietMs;

  it('doubles until the rate was found, then goes by a step, after a quiet span', () => {
    expect(raiseRate(limitOf({ isFound: false }), { nowMs: later, epoch: 0 }).perSecond).toBe(20);
    expect(raiseRate(limitOf(), { nowMs: later, epoch: 0 }).perSecond).toBe(11);
  });

  it('does nothing too early, for a call of another epoch, or at the most', () => {
    const limit = limitOf({ epoch: 3 });
    expect(raiseRate(limit, { nowMs: later - 1, epoch: 3 })).toBe(limit);
    expect(raiseRate(limit, { nowMs: later, epoch: 2 })).toBe(limit);
    const most = limitOf({ perSecond: rateTimes.mostPerSecond });
    expect(raiseRate(most, { nowMs: later, epoch: 0 })).toBe(most);
  });

  it('brings forward who waits, in the same order', () => {
    const busy = take(limitOf({ isFound: false }), nowMs, Array(60).fill(20_000)).record;
    const raised = raiseRate(busy, { nowMs: later, epoch: 0 });
    expect(dueOf(raised, [20, 40, 59])).toEqual([2_000, 3_000, 3_950]);
  });
});

/** What processes do with a limit, one after another. */
type Act =
  | { readonly kind: 'take'; readonly callers: number; readonly ahead: number; readonly afterMs: number }
  | { readonly kind: 'taken'; readonly behind: number; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly behind: number; readonly retryAfterMs: number; readonly afterMs: number };

const afterMs = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 30_000 }));
const behind = fc.integer({ min: 0, max: 2 });
const takes: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('take' as const),
  callers: fc.integer({ min: 1, max: 12 }),
  ahead: fc.integer({ min: 0, max: 8 }),
  afterMs,
});
const takens: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('taken' as const), behind, afterMs });
const refusals: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('refused' as const),
  behind,
  retryAfterMs: fc.integer({ min: 0, max: 5_000 }),
  afterMs,
});
const anyAct = fc.oneof(takes, takens, refusals);
const startingAt = fc.record({
  perSecond: fc.double({ min: rateTimes.leastPerSecond, max: rateTimes.mostPerSecond, noNaN: true }),
  isFound: fc.boolean(),
});

const stepOf = (limit: RateRecord, act: Act, atMs: number): RateRecord => {
  if (act.kind === 'take') return take(limit, atMs, Array(act.callers).fill(20_000), act.ahead).record;
  const epoch = limit.epoch - act.behind;
  if (act.kind === 'taken') return raiseRate(limit, { nowMs: atMs, epoch });
  return lowerRate(limit, { nowMs: atMs, epoch, retryAfterMs: act.retryAfterMs });
};

describe('a shared limit, whatever is done with it', () => {
  const play = (start: Partial<RateRecord>, acts: readonly Act[], skewOf: (index: number) => number = () => 0) => {
    const seen = [{ limit: limitOf(start), atMs: nowMs }];
    for (const [index, act] of acts.entries()) {
      const before = seen[index]!;
      const atMs = before.atMs + act.afterMs;
      seen.push({ limit: stepOf(before.limit, act, atMs + skewOf(index)), atMs });
    }
    return seen;
  };

  it('has a rate between the least and the most, and a version that grows by one with each change', () => {
    fc.assert(
      fc.property(startingAt, fc.array(anyAct, { maxLength: 60 }), (start, acts) => {
        for (const [index, { limit }] of play(start, acts).entries()) {
          expect(rateRecordSchema.safeParse(limit).success).toBe(true);
          expect(limit.perSecond).toBeGreaterThanOrEqual(rateTimes.leastPerSecond);
          expect(limit.perSecond).toBeLessThanOrEqual(rateTimes.mostPerSecond);
          const before = play(start, acts)[index - 1]?.limit;
          if (before !== undefined) expect(limit.version - before.version).toBeLessThanOrEqual(1);
          if (before?.version === limit.version) expect(limit).toEqual(before);
        }
      }),
      { numRuns: 30 },
    );
  });

  /** Everybody takes tickets, and calls as soon as its ticket is due; time goes by steps. The times of the calls, by epoch. */
  const callsOf = (start: Partial<RateRecord>, acts: readonly Act[]) => {
    const stepMs = 10;
    // While the rate is looked for, turns are given up to four times as late as callers can wait; tickets ahead come after them.
    const longestMs = 4 * 20_000 + 10_000;
    const seen = play(start, acts);
    const calls: { readonly atMs: number; readonly perSecond: number; readonly epoch: number }[] = [];
    let open: readonly number[] = [];
    for (const [index, { limit, atMs }] of seen.entries()) {
      const before = seen[index - 1]?.limit;
      const first = before?.epoch === limit.epoch ? before.issued : 0;
      if (first === 0) open = [];
      open = [...open, ...Array.from({ length: limit.issued - first }, (_, n) => first + n)];
      const untilMs = seen[index + 1]?.atMs ?? atMs + longestMs;
      for (let now = atMs; now < untilMs; now += stepMs) {
        const due = open.filter((ticket) => dueAtMs(limit, ticket) <= now);
        for (const _ of due) calls.push({ atMs: now, perSecond: limit.perSecond, epoch: limit.epoch });
        open = open.slice(due.length);
        if (open.length === 0) break;
      }
    }
    return { calls, stepMs };
  };

  it('lets no more calls through in any window than its highest rate allows there, and one', () => {
    fc.assert(
      fc.property(startingAt, fc.array(anyAct, { minLength: 1, maxLength: 25 }), (start, acts) => {
        const { calls, stepMs } = callsOf(start, acts);
        for (const epoch of new Set(calls.map((one) => one.epoch))) {
          const own = calls.filter((one) => one.epoch === epoch);
          for (const [from, first] of own.entries())
            for (const [more, last] of own.slice(from, from + 25).entries()) {
              const seconds = (last.atMs - first.atMs + stepMs) / 1000;
              // Within an epoch the rate only grows.
              expect(more).toBeLessThanOrEqual(seconds * last.perSecond + 1e-6);
            }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('serves everybody who waits, in the order of coming, when nothing is refused', () => {
    fc.assert(
      fc.property(startingAt, fc.array(fc.oneof(takes, takens), { maxLength: 25 }), (start, acts) => {
        const { limit } = play(start, acts).at(-1)!;
        expect(callsOf(start, acts).calls).toHaveLength(limit.issued);
      }),
      { numRuns: 30 },
    );
  });

  it('recovers from any rate, once nothing is refused', () => {
    fc.assert(
      fc.property(startingAt, (start) => {
        let limit = limitOf(start);
        for (let atMs = nowMs; atMs < nowMs + 250_000; atMs += 500) limit = raiseRate(limit, { nowMs: atMs, epoch: 0 });
        expect(limit.perSecond).toBe(rateTimes.mostPerSecond);
      }),
      { numRuns: 20 },
    );
  });

  it('does no harm when clocks go back or are ahead: nobody waits longer than about a minute for it', () => {
    const hour = 3_600_000;
    fc.assert(
      fc.property(
        startingAt,
        fc.array(anyAct, { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: -hour, max: hour }), { minLength: 40, maxLength: 40 }),
        (start, acts, skews) => {
          const { limit, atMs } = play(start, acts, (index) => skews[index] ?? 0).at(-1)!;
          // Afterwards somebody comes whose clock is right.
          const { waitMs, record } = take(limit, atMs, [2 * rateTimes.furthestMs]);
          expect(waitMs).toBeLessThanOrEqual(rateTimes.furthestMs + 82_000);
          expect(record.closesAtMs).toBeLessThanOrEqual(atMs + rateTimes.closeMs);
          expect(record.changedAtMs).toBeLessThanOrEqual(atMs + rateTimes.furthestMs);
        },
      ),
    );
  });
});
