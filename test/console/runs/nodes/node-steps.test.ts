import { describe, expect, it } from 'vitest';
import { nodeSteps } from '#console/runs/nodes/node-steps.ts';
import { fileNameOf } from '#console/runs/output/file-name.ts';
import { type ResultView, resultViewSchema } from '#shared/contract/run-views.ts';

const result = (more: Partial<ResultView>): ResultView =>
  resultViewSchema.parse({
    resultId: `a${more.attempt ?? 1}-g0-s0-p0-x0-b0.o0.t${more.tryNumber ?? 0}.i-1`,
    ...{ nodeId: 'i-1', name: 'web-1', group: 'g', phase: 'p', round: 0, operation: 'start', attempt: 1, tryNumber: 0 },
    ...{
      status: 'succeeded',
      exitCode: 0,
      signal: null,
      reason: null,
      rawStatus: null,
      startedAt: null,
      durationMs: 1,
    },
    ...{ stdout: '', stderr: '', stdoutBytes: 0, stderrBytes: 0, omittedBytes: 0, outputs: {}, replayed: false },
    recordedAt: '2026-01-01T00:00:00Z',
    ...more,
  });

describe('what happened on a node', () => {
  it('is by operation in the order of the plan, the last try first', () => {
    const steps = nodeSteps([
      result({ operation: 'stop' }),
      result({ tryNumber: 0 }),
      result({ tryNumber: 1 }),
      result({ attempt: 2, tryNumber: 0 }),
    ]);
    expect(steps.map(({ operation }) => operation)).toEqual(['stop', 'start']);
    expect(steps[1]?.last).toMatchObject({ attempt: 2 });
    expect(steps[1]?.earlier.map(({ attempt, tryNumber }) => [attempt, tryNumber])).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  it('is apart for each round and each phase of one name', () => {
    expect(nodeSteps([result({ round: 1 }), result({ round: 2 }), result({ group: 'h', round: 1 })])).toHaveLength(3);
    expect(nodeSteps([])).toEqual([]);
  });
});

describe('the name of a file with output', () => {
  it('has nothing in it that leads elsewhere', () => {
    expect(fileNameOf(result({}), 'stdout')).toBe('web-1.p.start.a1.stdout.txt');
    const odd = fileNameOf(result({ name: '../../etc/\u202e"x"', tryNumber: 2 }), 'stderr');
    expect(odd).toMatch(/\.t2\.stderr\.txt$/);
    expect(odd).not.toMatch(/[/\\":\u202e]/);
  });
});
