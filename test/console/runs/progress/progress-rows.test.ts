import { describe, expect, it } from 'vitest';
import { groupToShow, hasRounds, phaseTimes, sliceName, slicesText } from '#console/runs/progress/progress-rows.ts';
import type { GroupView, PhaseView, SliceView } from '#shared/contract/run-views.ts';

const slice = (more: Partial<SliceView> = {}): SliceView => ({
  round: 0,
  rounds: 0,
  status: 'succeeded',
  attempt: 1,
  nodeCount: 1,
  counts: {},
  openedAt: '2026-01-01T00:00:10Z',
  closedAt: '2026-01-01T00:00:20Z',
  ...more,
});
const phase = (...slices: SliceView[]): PhaseView => ({
  name: 'p',
  on: 'target',
  operations: ['o'],
  status: 'running',
  nodeCount: 1,
  counts: {},
  slices,
});
const group = (name: string, status: GroupView['status'], nodeCount: number): GroupView => ({
  name,
  strategy: 'oneShot',
  status,
  nodeCount,
  rounds: 0,
  phases: [],
});

describe('the rows of progress', () => {
  it('say rounds apart only where they say more than the phase', () => {
    expect(hasRounds(phase())).toBe(false);
    expect(hasRounds(phase(slice()))).toBe(false);
    expect(hasRounds(phase(slice({ round: 1, rounds: 2 })))).toBe(true);
    expect(hasRounds(phase(slice(), slice({ attempt: 2 })))).toBe(true);
  });

  it('name what there are several of', () => {
    expect(slicesText(phase(slice({ round: 1 }), slice({ round: 2 }), slice({ round: 2, attempt: 2 })))).toBe(
      '2 rounds',
    );
    expect(slicesText(phase(slice(), slice({ attempt: 2 })))).toBe('2 attempts');
    expect(slicesText(phase(slice(), slice()))).toBe('2 passes');
    expect(sliceName(slice({ round: 2, rounds: 4 }), 1)).toBe('round 2/4');
    expect(sliceName(slice({ attempt: 2 }), 3)).toBe('all nodes, attempt 2');
  });

  it('time the last attempt only, until its last slice closed', () => {
    expect(phaseTimes(phase())).toBeUndefined();
    const { closedAt: _closed, ...open } = slice({ openedAt: '2026-01-01T00:00:05Z' });
    expect(phaseTimes(phase(slice(), open))).toEqual({ from: '2026-01-01T00:00:05Z' });
    const later = slice({ attempt: 2, openedAt: '2026-01-02T00:00:00Z', closedAt: '2026-01-02T00:00:01Z' });
    expect(phaseTimes(phase(slice(), later))).toEqual({ from: '2026-01-02T00:00:00Z', to: '2026-01-02T00:00:01Z' });
  });

  it('lead to the group that is under way, then to one that failed, then to the largest', () => {
    expect(groupToShow([group('a', 'failed', 1), group('b', 'running', 1)])).toBe('b');
    expect(groupToShow([group('a', 'succeeded', 9), group('b', 'failed', 1)])).toBe('b');
    expect(groupToShow([group('a', 'succeeded', 2), group('b', 'succeeded', 9), group('c', 'succeeded', 1)])).toBe('b');
    expect(groupToShow([])).toBeUndefined();
  });
});
