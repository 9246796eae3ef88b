import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { checkBatchCount, checkPlanLimits, maxBatches } from '#shared/plan/limits.ts';
import { jobOf, phaseOf } from './plan-fixtures.ts';

const phases = (n: number) => Array.from({ length: n }, (_, i) => phaseOf(`p${i}`));
const thrownBy = (check: () => void): AppError => {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('checkPlanLimits', () => {
  test('accepts 40 phases in a oneShot group and refuses 41, with the numbers', () => {
    expect(() => checkPlanLimits(jobOf([{ name: 'wide', phases: phases(40) }]), [5])).not.toThrow();
    const error = thrownBy(() => checkPlanLimits(jobOf([{ name: 'wide', phases: phases(41) }]), [5]));
    expect(error.code).toBe('plan.limit-exceeded');
    expect(error.message).toBe("Group 'wide' has 41 phases; a oneShot group holds at most 40");
    expect(error.hint).toContain('Split the group');
  });

  test('leaves the phases of a grayScale group to the limit of stages', () => {
    const job = jobOf([{ name: 'gray', strategy: 'grayScale', roundCount: 1, phases: phases(41) }]);
    expect(() => checkPlanLimits(job, [5])).not.toThrow();
  });

  test('accepts 600 stages in a run and refuses 601, naming the group that makes most of them', () => {
    const job = jobOf([
      { name: 'first', phases: phases(1) },
      { name: 'slow', strategy: 'grayScale', roundCount: 0, phases: phases(1) },
    ]);
    expect(() => checkPlanLimits(job, [9000, 599])).not.toThrow();
    const error = thrownBy(() => checkPlanLimits(job, [9000, 600]));
    expect(error.code).toBe('plan.limit-exceeded');
    expect(error.message).toBe(
      "The run has 601 stages, the limit is 600; group 'slow' alone has 600 for its 600 nodes",
    );
    expect(error.hint).toContain("Give 'slow' fewer rounds");
  });

  test('counts each phase of a oneShot group as a stage, since it costs as much history', () => {
    const wide = (n: number) => jobOf(Array.from({ length: n }, (_, i) => ({ name: `g${i}`, phases: phases(40) })));
    expect(() => checkPlanLimits(wide(15), Array(15).fill(5))).not.toThrow();
    expect(thrownBy(() => checkPlanLimits(wide(16), Array(16).fill(5))).message).toContain('has 640 stages');
  });

  test('refuses a slice with more batches than their ids fit into a payload', () => {
    expect(() => checkBatchCount('p', maxBatches)).not.toThrow();
    expect(thrownBy(() => checkBatchCount('p', maxBatches + 1)).hint).toContain('maxConcurrency');
  });
});
