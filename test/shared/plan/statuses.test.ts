import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countStatuses,
  failingCount,
  nodeStatuses,
  type PhaseStatus,
  phaseStatuses,
  type StatusCounts,
  terminalCount,
  totalCount,
} from '#shared/model/status.ts';
import { groupStatus, phaseStatus, runStatus, sliceStatus } from '#shared/plan/statuses.ts';

const anyCounts = fc.array(fc.constantFrom(...nodeStatuses), { maxLength: 6 }).map(countStatuses);
const anyStatuses = fc.array(fc.constantFrom(...phaseStatuses), { minLength: 1, maxLength: 8 });

describe('sliceStatus', () => {
  test.each<[StatusCounts, boolean, PhaseStatus]>([
    [{ succeeded: 3 }, false, 'succeeded'],
    [{ succeeded: 3, skipped: 1 }, false, 'succeeded'],
    [{ succeeded: 1, ignored: 1 }, false, 'completed'],
    [{ skipped: 2 }, false, 'skipped'],
    [{}, false, 'skipped'],
    [{ succeeded: 2, failed: 1 }, false, 'failed'],
    [{ timedOut: 1, aborted: 1 }, true, 'failed'],
    [{ undeliverable: 1 }, false, 'failed'],
    [{ lost: 1, ignored: 4 }, false, 'failed'],
    [{ succeeded: 2, aborted: 1, pending: 3 }, true, 'aborted'],
    [{ succeeded: 2, pending: 3 }, true, 'paused'],
    [{ succeeded: 2, pending: 3 }, false, 'running'],
    [{ waitingInput: 1 }, false, 'running'],
    [{ pending: 3 }, false, 'pending'],
    [{ failed: 1, pending: 3 }, true, 'failed'],
  ])('of %j, stopped: %s, is %s', (counts, stopped, status) => {
    expect(sliceStatus(counts, { stopped })).toBe(status);
  });

  test('is at a good end only when every node is', () => {
    fc.assert(
      fc.property(anyCounts, fc.boolean(), (counts, stopped) => {
        const good = ['succeeded', 'completed', 'skipped'].includes(sliceStatus(counts, { stopped }));
        const bad = failingCount(counts) + (counts.aborted ?? 0) + totalCount(counts) - terminalCount(counts);
        expect(good).toBe(bad === 0);
      }),
    );
  });

  test('is never under way once it was stopped', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        expect(['pending', 'running']).not.toContain(sliceStatus(counts, { stopped: true }));
      }),
    );
  });
});

describe('phaseStatus', () => {
  test('counts slices to come as pending, and as paused once the group was stopped', () => {
    expect(phaseStatus([], { expected: 2, stopped: false })).toBe('pending');
    expect(phaseStatus(['succeeded'], { expected: 2, stopped: false })).toBe('running');
    expect(phaseStatus(['succeeded'], { expected: 2, stopped: true })).toBe('paused');
    expect(phaseStatus(['succeeded', 'failed'], { expected: 3, stopped: true })).toBe('failed');
    expect(phaseStatus(['succeeded', 'succeeded'], { expected: 2, stopped: false })).toBe('succeeded');
    expect(phaseStatus([], { expected: 0, stopped: true })).toBe('skipped');
  });
});

describe('groupStatus', () => {
  test.each<[PhaseStatus[], PhaseStatus]>([
    [['succeeded', 'skipped'], 'succeeded'],
    [['skipped', 'skipped'], 'skipped'],
    [['completed', 'succeeded'], 'completed'],
    [['failed', 'running', 'paused'], 'failed'],
    [['aborted', 'paused'], 'aborted'],
    [['running', 'paused'], 'running'],
    [['succeeded', 'paused', 'pending'], 'paused'],
    [['succeeded', 'pending'], 'running'],
    [['pending', 'pending'], 'pending'],
  ])('of %j is %s', (phases, status) => {
    expect(groupStatus(phases)).toBe(status);
  });

  test('does not depend on the order or on repeats', () => {
    fc.assert(
      fc.property(anyStatuses, (phases) => {
        expect(groupStatus(phases.toReversed())).toBe(groupStatus(phases));
        expect(groupStatus([...phases, ...phases])).toBe(groupStatus(phases));
      }),
    );
  });

  test('is one of the words of its parts, or running', () => {
    fc.assert(
      fc.property(anyStatuses, (phases) => {
        expect([...phases, 'running']).toContain(groupStatus(phases));
      }),
    );
  });
});

describe('runStatus', () => {
  const calm = { aborted: false, broken: false };

  test('says succeeded when there was nothing to do and queued before anything began', () => {
    expect(runStatus(['skipped'], calm)).toBe('succeeded');
    expect(runStatus(['pending', 'pending'], calm)).toBe('queued');
  });

  test('says aborted when an operator aborted it before it came to a good end', () => {
    expect(runStatus(['succeeded', 'pending'], { ...calm, aborted: true })).toBe('aborted');
    expect(runStatus(['failed', 'pending'], { ...calm, aborted: true })).toBe('aborted');
    expect(runStatus(['succeeded', 'completed'], { ...calm, aborted: true })).toBe('completed');
  });

  test('never says that a broken run went well', () => {
    fc.assert(
      fc.property(anyStatuses, fc.boolean(), (groups, aborted) => {
        expect(['failed', 'aborted']).toContain(runStatus(groups, { aborted, broken: true }));
      }),
    );
  });

  test('says of a calm run what its groups say', () => {
    for (const status of ['succeeded', 'completed', 'failed', 'aborted', 'paused', 'running'] as const)
      expect(runStatus([status], calm)).toBe(status);
  });
});
