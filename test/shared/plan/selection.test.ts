import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { checkSelection, narrowStages, selectNodes, selectsGroup, selectsPhase } from '#shared/plan/selection.ts';
import { planStages } from '#shared/plan/stages.ts';
import { jobOf, phaseOf, targetsOfSize } from './plan-fixtures.ts';

const job = jobOf([
  { name: 'check', phases: [phaseOf('disk')] },
  { name: 'roll', strategy: 'grayScale', roundCount: 2, phases: [phaseOf('stop'), phaseOf('start')] },
]);
const [check, roll] = job.spec.groups;

describe('a selection', () => {
  test('takes everything when it narrows nothing', () => {
    expect(job.spec.groups.every((group) => selectsGroup({}, group))).toBe(true);
    expect(selectsPhase({}, { name: 'disk' })).toBe(true);
    expect(selectNodes({}, targetsOfSize(3))).toHaveLength(3);
  });

  test('takes a group only when one of its phases is named too', () => {
    expect(selectsGroup({ phases: ['start'] }, check!)).toBe(false);
    expect(selectsGroup({ phases: ['start'] }, roll!)).toBe(true);
    expect(selectsGroup({ groups: ['check'] }, roll!)).toBe(false);
  });

  test('keeps the order of the nodes, not that of the names', () => {
    const nodes = ['h03', 'h01'].map((id) => nodeIdSchema.parse(id));
    expect(selectNodes({ nodes }, targetsOfSize(4)).map(({ node }) => node.id)).toEqual(['h01', 'h03']);
  });

  test('drops phases from the stages and keeps the numbers of the stages', () => {
    const stages = narrowStages(planStages(job, roll!, 4), roll!, { phases: ['start'] });
    expect(stages.map(({ stageIndex, round, slices }) => [stageIndex, round, slices.length])).toEqual([
      [1, 1, 1],
      [3, 2, 1],
    ]);
  });
});

describe('checkSelection', () => {
  const errorOf = (selection: Parameters<typeof checkSelection>[1]): AppError | undefined => {
    try {
      checkSelection(job, selection);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    return undefined;
  };

  test('accepts names of the job', () => {
    expect(errorOf({ groups: ['roll'], phases: ['stop'] })).toBeUndefined();
  });

  test('names every unknown group and phase', () => {
    const error = errorOf({ groups: ['rol'], phases: ['stop', 'begin'] });
    expect(error?.code).toBe('request.invalid');
    expect(error?.places).toEqual([
      { path: 'only.groups', message: "The job has no group 'rol'; it has 'check', 'roll'" },
      { path: 'only.phases', message: "The job has no phase 'begin'; it has 'disk', 'stop', 'start'" },
    ]);
  });

  test('refuses a phase outside the named groups', () => {
    expect(errorOf({ groups: ['check'], phases: ['stop'] })?.message).toContain('None of the named groups');
  });
});
