import { describe, expect, test } from 'vitest';
import { noPlainProgress, plainProgress } from '#cli/output/plain-progress.ts';
import { progressLines } from '#cli/output/progress.ts';
import { runText } from '#cli/output/run-text.ts';
import { makeStyle } from '#cli/output/style.ts';
import { waitingLines } from '#cli/output/waiting-text.ts';
import type { TurnView, WaitView } from '#shared/contract/lock-views.ts';
import { makeRunView, otherRunId, runId } from '#test/functions/api/hand-made-services.ts';
import { batchId } from '#test/kit/store-samples.ts';
import { cli } from '../test-host.ts';

const now = Date.parse('2026-01-01T00:00:10.000Z');
const style = makeStyle(false);
const entry = { runId: otherRunId, attempt: 1, job: 'roll-shop', actor: 'bob', since: '', until: '' };
const turn: TurnView = {
  ...{ key: 'deploy prod', policy: 'queue', limit: 1, state: 'waiting', place: 2 },
  behind: [
    { ...entry, state: 'running' },
    { ...entry, state: 'waiting' },
  ],
};
const wait = (n: number): WaitView => ({
  ...{ batchId: batchId(n), group: 'roll', phase: 'restart', kind: 'budget', name: 'shop', nodes: n, since: '' },
  message: "budget 'shop' has 2 of 2 nodes in use",
});
const line = `waiting: place 2 behind run ${otherRunId} (key deploy prod)`;
const queued = makeRunView({ status: 'queued', turn, endedAt: undefined });

describe('what a run waits for', () => {
  test('is its place in line, and each of the first batches', () => {
    expect(waitingLines({ turn, waits: [wait(1), wait(2), wait(3), wait(4), wait(5)] })).toEqual([
      line,
      "waiting: 1 node of roll/restart: budget 'shop' has 2 of 2 nodes in use",
      "waiting: 2 nodes of roll/restart: budget 'shop' has 2 of 2 nodes in use",
      "waiting: 3 nodes of roll/restart: budget 'shop' has 2 of 2 nodes in use",
      'waiting: 2 more batches wait',
    ]);
    expect(waitingLines({ turn: { ...turn, state: 'held', place: undefined, behind: [] } })).toEqual([]);
    expect(waitingLines({})).toEqual([]);
  });

  test('is in the display that redraws, within its lines', () => {
    expect(progressLines(queued, now, { style, maxLines: 40 })[1]).toBe(`  ${line}`);
    const many = makeRunView({ turn, waits: [wait(1), wait(2), wait(3)] });
    expect(progressLines(many, now, { style, maxLines: 3 }).length).toBeLessThanOrEqual(4);
  });

  test('is told once as a line, and again when it changes', () => {
    const first = plainProgress(noPlainProgress, queued, now);
    expect(first.lines.map((text) => text.slice(9))).toContain(line);
    const second = plainProgress(first.next, queued, now + 1000);
    expect(second.lines).toEqual([]);
    const closer = makeRunView({ ...queued, turn: { ...turn, place: 1 } });
    expect(plainProgress(second.next, closer, now).lines.map((text) => text.slice(9))).toEqual([
      `waiting: place 1 behind run ${otherRunId} (key deploy prod)`,
    ]);
  });

  test('is in run show and run list', async () => {
    const text = runText(queued, now, style);
    expect(text).toContain(`waits    ${line}`);
    expect(text).toContain('key      deploy prod (queue, 1 at once)');
    const { stdout } = await cli(['run', 'list'], { services: { listRuns: async () => ({ items: [queued] }) } });
    expect(stdout).toMatch(/RUN +JOB +STATUS +PLACE .*\n.* queued +2 /);
    expect(stdout).toContain(runId);
  });
});
