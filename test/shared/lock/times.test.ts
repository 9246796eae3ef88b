import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permitPatience, placeMs, turnPatience, waitSeconds } from '#shared/lock/times.ts';
import { taskRegistry } from '#shared/workflow/task-registry.ts';

/** Looks of one that waits so long and is never woken. */
const looksIn = (days: number, patience: typeof turnPatience): number => {
  let looks = 0;
  for (let waited = 0; waited < days * 86_400_000; looks += 1) waited += waitSeconds(waited, patience) * 1000;
  return looks;
};

describe('waitSeconds', () => {
  it('begins short and grows with the time waited, within what the workflow takes', () => {
    expect(waitSeconds(0, turnPatience)).toBe(60);
    expect(waitSeconds(40 * 60_000, turnPatience)).toBe(600);
    expect(waitSeconds(0, permitPatience)).toBe(10);
    for (const patience of [turnPatience, permitPatience])
      fc.assert(
        fc.property(fc.integer({ min: -1000, max: 40 * 86_400_000 }), fc.nat(86_400_000), (waited, more) => {
          const seconds = waitSeconds(waited, patience);
          expect(taskRegistry.nextStage.output.shape.look.safeParse(seconds).success).toBe(true);
          expect(waitSeconds(waited + more, patience)).toBeGreaterThanOrEqual(seconds);
        }),
      );
  });

  it('keeps the looks of ten days in line few, because they share a history with the stages of the run', () => {
    expect(looksIn(10, turnPatience)).toBeLessThanOrEqual(75);
    expect(looksIn(30, permitPatience)).toBeLessThan(1900);
  });

  it('keeps a place for longer than until the next look', () => {
    for (const seconds of [10, 60, 3600, 21_600]) expect(placeMs(seconds)).toBeGreaterThan(seconds * 1000 + 240_000);
  });
});
