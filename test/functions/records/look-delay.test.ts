import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookDelaySeconds, looksOf, waitSeconds } from '#functions/records/look-delay.ts';
import { historyEvents, historyLimit } from '#shared/workflow/history.ts';
import { taskRegistry } from '#shared/workflow/task-registry.ts';

const day = 86_400;
/** What a state takes as the time until the next look. */
const takes = (seconds: number) => taskRegistry.collectResults.output.shape.look.safeParse(seconds).success;

describe('the time until the next look', () => {
  it('grows from one second to a minute, and to five and more after half a day', () => {
    const delays = [1, 2, 3, 4, 6, 8, 12, 50, 700, 701, 901].map((looks) => lookDelaySeconds({ looks }, 30 * day));
    expect(delays).toEqual([1, 2, 3, 4, 9, 21, 60, 60, 60, 300, 600]);
  });

  it('is one that the workflow takes, never shrinks with looks, and ends soon after the deadline', () => {
    fc.assert(
      fc.property(
        fc.nat(3000),
        fc.nat(3000),
        fc.double({ min: -1e6, max: 1e7, noNaN: true }),
        (looks, looksBefore, left) => {
          const delay = lookDelaySeconds({ looks, looksBefore }, left);
          expect(takes(delay)).toBe(true);
          expect(delay).toBeLessThanOrEqual(Math.max(1, Math.ceil(left)));
          expect(lookDelaySeconds({ looks: looks + 1, looksBefore }, left)).toBeGreaterThanOrEqual(delay);
        },
      ),
    );
  });

  it('stays short for what is quick, also late in a batch that has looked often', () => {
    expect(lookDelaySeconds({ looks: 1, looksBefore: 1500 }, day)).toBe(4);
  });
});

describe('the history of a batch', () => {
  /** Looks of operations that take so many days each, when no event comes, and the events that they leave. */
  const eventsOf = (operations: number, daysEach: number): number => {
    const done: { looks: number }[] = [];
    for (let n = 0; n < operations; n += 1) {
      const looksBefore = looksOf(done);
      let looks = 1;
      for (let seconds = 2; seconds < daysEach * day; looks += 1)
        seconds += lookDelaySeconds({ looks, looksBefore }, daysEach * day - seconds);
      done.push({ looks });
    }
    const { batch, operation, look } = historyEvents;
    return batch + done.reduce((sum, { looks }) => sum + operation + (looks - 1) * look, 0);
  };

  it.each([
    // SSM ends commands after two days (executionTimeout).
    [1, 2],
    [10, 2],
    [16, 2],
    [40, 0.5],
    [100, 1 / 24],
    [700, 0],
  ])('holds %i operations of %d days each that no event ends', (operations, days) => {
    expect(eventsOf(operations, days)).toBeLessThan(historyLimit);
  });

  it.each([30, 90, 365])('holds a wait of %i days', (days) => {
    let looks = 0;
    for (let seconds = 0; seconds < days * day; looks += 1) {
      const pause = waitSeconds((days * day - seconds) * 1000, looks);
      expect(takes(pause)).toBe(true);
      seconds += pause;
    }
    expect(looks * historyEvents.look).toBeLessThan(historyLimit);
  });

  it('looks at a wait every five minutes at first, every six hours in the end, and at its end', () => {
    expect([0, 1, 7, 24, 45, 1000].map((looks) => waitSeconds(30 * day * 1000, looks))).toEqual([
      300, 330, 585, 2955, 21_600, 21_600,
    ]);
    expect([5000, 1200, 0, -10].map((leftMs) => waitSeconds(leftMs, 50))).toEqual([5, 2, 1, 1]);
  });
});
