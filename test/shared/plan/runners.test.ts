import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { chooseRunner, needsRunner, runnerOf } from '#shared/plan/runners.ts';
import { nodeOf, oneGroup, phaseOf } from './plan-fixtures.ts';

const where = 'node.tags.drover == "runner"';
const failure = (...args: Parameters<typeof chooseRunner>): AppError => {
  try {
    chooseRunner(...args);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('chooseRunner', () => {
  test('takes the first online node by id that fits', () => {
    const candidates = [
      nodeOf('d'),
      nodeOf('c'),
      nodeOf('b', { online: false }),
      nodeOf('a', { os: 'windows' }),
      nodeOf('A'),
    ];
    const { online, node } = chooseRunner(candidates, ({ id }) => id !== 'A', where);
    expect({ online, id: node.id }).toEqual({ online: true, id: 'c' });
    expect(node).not.toHaveProperty('online');
  });

  test('says what it looked for when nothing fits', () => {
    const error = failure([nodeOf('a')], () => false, where);
    expect(error.code).toBe('plan.no-runner');
    expect(error.message).toContain(where);
    expect(error.hint).toContain('No node fulfils that');
  });

  test('names the nodes that would do but are offline', () => {
    const candidates = [nodeOf('r2', { online: false }), nodeOf('r1', { online: false })];
    expect(failure(candidates, () => true, where).hint).toContain('r1, r2');
  });
});

describe('runnerOf', () => {
  test('prefers the rule of the phase over that of the job', () => {
    const { job, group } = oneGroup(
      { phases: [phaseOf('a', { on: 'runner', runner: { where: 'mine' } }), phaseOf('b', { on: 'runnerPerTarget' })] },
      { runner: { where: 'ours' } },
    );
    expect(group.phases.map((phase) => runnerOf(job, phase).where)).toEqual(['mine', 'ours']);
    expect(group.phases.every(needsRunner)).toBe(true);
  });
});
