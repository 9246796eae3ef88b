import { describe, expect, it } from 'vitest';
import { actionsOf } from '#console/runs/actions/run-actions.ts';
import { isTerminalRunStatus, type RunStatus, runStatuses } from '#shared/model/status.ts';

const run = (status: RunStatus, more: object = {}) => ({ status, control: 'go' as const, attempt: 1, ...more });
const reset = {
  kind: 'reset',
  at: '2026-01-01T00:00:00Z',
  actor: 'ann',
  attempt: 1,
  placeCount: 1,
  applied: true,
} as const;

describe('what can be asked of a run', () => {
  it('is to pause or abort what is under way', () => {
    expect(actionsOf(run('queued'))).toEqual(['pause', 'abort']);
    expect(actionsOf(run('running'))).toEqual(['pause', 'abort']);
  });

  it('is to resume what is paused, and to mark its nodes once nothing runs', () => {
    expect(actionsOf(run('pausing', { control: 'pause' }))).toEqual(['resume', 'abort']);
    expect(actionsOf(run('paused', { control: 'pause' }))).toEqual(['resume', 'abort', 'mark']);
  });

  it('is nothing more once it is being stopped, and to stop at once what was to end after its batches', () => {
    expect(actionsOf(run('aborting', { control: 'abort' }))).toEqual([]);
    expect(actionsOf(run('aborting', { control: 'drain' }))).toEqual(['abort']);
  });

  it('is to continue only where something is left', () => {
    expect(actionsOf(run('failed'))).toContain('continue');
    expect(actionsOf(run('succeeded'))).not.toContain('continue');
    expect(actionsOf(run('succeeded', { marks: [reset] }))).toContain('continue');
    expect(actionsOf(run('succeeded', { marks: [reset], attempt: 2 }))).not.toContain('continue');
    expect(actionsOf(run('failed', { marks: [reset] })).filter((action) => action === 'continue')).toHaveLength(1);
  });

  it('stays possible after an end that an abort led to', () => {
    expect(actionsOf(run('aborted', { control: 'abort' }))).toEqual(['continue', 'again', 'retry', 'mark', 'purge']);
  });

  it('is to remove it, or to start an attempt, only at its end', () => {
    for (const status of runStatuses) {
      const actions = actionsOf(run(status));
      for (const action of ['purge', 'retry', 'again'] as const)
        expect([status, actions.includes(action)]).toEqual([status, isTerminalRunStatus(status)]);
    }
  });
});
