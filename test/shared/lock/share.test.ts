import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedAtOnce,
  askShare,
  freshUse,
  maxShares,
  nextForShare,
  returnShare,
  type ShareAsk,
} from '#shared/lock/share.ts';
import { type BudgetUse, budgetUseSchema } from '#shared/model/lock.ts';
import { batchId, newRunId } from '#test/kit/store-samples.ts';

const nowMs = Date.parse('2026-11-21T07:09:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
const runId = newRunId();
const ask = (n: number, nodes: number, more: Partial<ShareAsk> = {}): ShareAsk => ({
  ...{ runId, batchId: batchId(n), jobName: 'roll', permit: n, nowMs, waitMs: 300_000, nodes, limit: 10 },
  askedAt: iso(nowMs - 60_000 + n),
  ...more,
});
const names = (use: BudgetUse) => nextForShare(use, nowMs).map((one) => one.batchId);

describe('allowedAtOnce', () => {
  it.each([
    [3, 100, 3],
    [0, 100, 0],
    ['20%', 10, 2],
    ['20%', 14, 2],
    ['20%', 4, 1],
    ['0%', 100, 0],
    ['100%', 7, 7],
    ['50%', 0, 0],
    [5, 2, 5],
  ] as const)('%s of %i is %i', (max, total, allowed) => {
    expect(allowedAtOnce(max, total)).toBe(allowed);
  });
});

describe('askShare', () => {
  it('gives shares until the budget is used up, then places in the order of asking', () => {
    let use = freshUse('shop');
    for (const asked of [ask(1, 6), ask(2, 4)]) use = askShare(use, asked).use;
    expect(use.shares.map((one) => one.nodes)).toEqual([6, 4]);

    const third = askShare(use, ask(3, 5));
    expect(third).toMatchObject({ kind: 'refused', used: 10, ahead: 0 });
    const fourth = askShare(third.use, ask(4, 1));
    expect(fourth).toMatchObject({ kind: 'refused', used: 10, ahead: 1 });
    expect(askShare(fourth.use, ask(4, 1)).use).toBe(fourth.use);

    const after = returnShare(fourth.use, ask(2, 4), false);
    // There is room for the small one, but not before the one that asked first.
    expect(askShare(after, ask(4, 1)).kind).toBe('refused');
    expect(names(after)).toEqual([]);
    const more = returnShare(after, ask(1, 6), false);
    expect(names(more)).toEqual([batchId(3), batchId(4)]);
    expect(askShare(more, ask(4, 1)).kind).toBe('granted');
  });

  it('lets a late one through where there is room for everybody before it too', () => {
    let use = askShare(freshUse('shop'), ask(1, 5)).use;
    use = askShare(use, ask(2, 8)).use;
    expect(askShare(use, ask(3, 1)).kind).toBe('refused');
    expect(askShare(use, ask(3, 1, { limit: 14 })).kind).toBe('granted');
  });

  it('leaves out shares that do not count', () => {
    const use = askShare(freshUse('shop'), ask(1, 10)).use;
    const answer = askShare(use, ask(2, 10), (share) => share.batchId !== batchId(1));
    expect(answer.kind === 'granted' && answer.use.shares).toMatchObject([{ batchId: batchId(2) }]);
  });

  it('answers a second delivery of the same question with what the first one took', () => {
    let use = askShare(freshUse('shop'), ask(2, 6)).use;
    use = askShare(use, ask(1, 6)).use;
    expect(askShare(use, ask(2, 6))).toEqual({ kind: 'granted', use });
  });

  it('replaces the share of a batch that asks under a new number', () => {
    const use = askShare(freshUse('shop'), ask(1, 6)).use;
    const again = askShare(use, ask(1, 7, { permit: 99 })).use;
    expect(again.shares).toMatchObject([{ nodes: 7, permit: 99 }]);
  });

  it('keeps its place when it gives back what it took in vain', () => {
    let use = askShare(freshUse('shop'), ask(1, 10)).use;
    use = askShare(use, ask(2, 10)).use;
    expect(returnShare(use, ask(2, 10), true)).toBe(use);
    expect(returnShare(use, ask(2, 10), false).waiters).toEqual([]);
  });

  it('stays within what one item holds, with as many batches as it takes', () => {
    let use = freshUse('shop');
    for (let n = 0; n < maxShares + 250; n += 1) use = askShare(use, ask(n, 1, { limit: 100_000 })).use;
    expect(use.shares).toHaveLength(maxShares);
    expect(use.waiters).toHaveLength(200);
    expect(JSON.stringify(use).length).toBeLessThan(300_000);
  });

  it('never gives away more than the limit, whatever happens', () => {
    const step = fc.record({
      n: fc.integer({ min: 0, max: 8 }),
      nodes: fc.integer({ min: 1, max: 7 }),
      leaves: fc.boolean(),
      minutes: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 60 }), (limit, history) => {
        let [use, now] = [freshUse('shop'), nowMs];
        for (const { n, nodes, leaves, minutes } of history) {
          now += minutes * 60_000;
          use = leaves ? returnShare(use, ask(n, 1), false) : askShare(use, ask(n, nodes, { limit, nowMs: now })).use;
          expect(use.shares.reduce((sum, one) => sum + one.nodes, 0)).toBeLessThanOrEqual(limit);
          expect(new Set(use.shares.map((one) => one.batchId)).size).toBe(use.shares.length);
          expect(budgetUseSchema.safeParse(use).success).toBe(true);
        }
      }),
    );
  });
});
