import { describe, expect, it } from 'vitest';
import { firstToLookAt, operationPlaces, placeName } from '#console/runs/output/operation-places.ts';
import type { GroupView, PhaseView } from '#shared/contract/run-views.ts';
import type { StatusCounts } from '#shared/model/status.ts';

const phase = (name: string, counts: StatusCounts): PhaseView => ({
  ...{ name, on: 'target', operations: ['a', 'b'], status: 'succeeded', nodeCount: 1, counts },
  slices:
    counts.succeeded === undefined && counts.failed === undefined
      ? []
      : [
          {
            ...{ round: 0, rounds: 0, status: 'succeeded', attempt: 1, nodeCount: 1, counts },
            openedAt: '2026-01-01T00:00:00Z',
          },
        ],
});
const group = (name: string, ...phases: PhaseView[]): GroupView => ({
  ...{ name, strategy: 'oneShot', status: 'running', nodeCount: 1, rounds: 0, phases },
});

describe('the operations of a run', () => {
  const done = phase('stop', { succeeded: 2 });
  const groups = [group('g', done, phase('start', { failed: 1 })), group('h', phase('later', {}))];

  it('are all of them in the order of the plan', () => {
    expect(operationPlaces({ groups }).map(placeName)).toEqual([
      'g/stop/a',
      'g/stop/b',
      'g/start/a',
      'g/start/b',
      'h/later/a',
      'h/later/b',
    ]);
  });

  it('are looked at where a node failed, else where the run has come to', () => {
    const failure = { group: 'g', phase: 'start', operation: 'a' };
    expect(firstToLookAt({ groups }, failure)).toEqual(failure);
    expect(firstToLookAt({ groups }, { ...failure, operation: 'gone' })).toEqual({ ...failure, operation: 'b' });
    expect(firstToLookAt({ groups: [group('g', done, phase('start', {}))] }, null)).toMatchObject({ phase: 'stop' });
    expect(firstToLookAt({ groups: [group('g', phase('start', {}))] }, undefined)).toMatchObject({ phase: 'start' });
    expect(firstToLookAt({ groups: [] }, failure)).toBeUndefined();
  });
});
