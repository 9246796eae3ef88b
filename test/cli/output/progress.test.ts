import { describe, expect, test } from 'vitest';
import { noPlainProgress, plainProgress } from '#cli/output/plain-progress.ts';
import { attemptMs, progressLines, progressRows } from '#cli/output/progress.ts';
import { makeStyle } from '#cli/output/style.ts';
import { type RunView, type SliceView, sliceViewSchema } from '#shared/contract/run-views.ts';
import { makeRunView } from '#test/functions/api/hand-made-services.ts';

const start = Date.parse('2026-01-01T00:00:01.000Z');
const look = { style: makeStyle(false), maxLines: 40 };

const slice = (change: Partial<SliceView>): SliceView =>
  sliceViewSchema.parse({
    round: 1,
    rounds: 3,
    status: 'running',
    attempt: 1,
    nodeCount: 10,
    counts: {},
    openedAt: '2026-01-01T00:00:01.000Z',
    ...change,
  });

const rolling = (slices: SliceView[], change: Partial<RunView> = {}): RunView => {
  const view = makeRunView({ status: 'running', ...change });
  const [group] = view.groups;
  const [phase] = group!.phases;
  const total = { ...phase!, status: 'running' as const, nodeCount: 30, counts: {}, slices };
  const next = { ...phase!, name: 'check', status: 'pending' as const, nodeCount: 0, counts: {}, slices: [] };
  return { ...view, endedAt: undefined, groups: [{ ...group!, rounds: 3, phases: [total, next] }] };
};

describe('progress of a run', () => {
  test('shows one bar per round, counts, nodes per second, time spent and left', () => {
    const view = rolling([
      slice({ status: 'succeeded', counts: { succeeded: 10 }, closedAt: '2026-01-01T00:00:05.000Z' }),
      slice({
        round: 2,
        nodeCount: 20,
        counts: { succeeded: 4, failed: 1, running: 10, pending: 5 },
        openedAt: '2026-01-01T00:00:06.000Z',
      }),
    ]);
    expect(progressLines(view, start + 10_000, look)).toEqual([
      `roll-shop  ${view.runId}  running  10.0s`,
      '  roll/restart 1/3  ████████████████████ 10/10  10 succeeded  2.5/s  4.0s',
      '  roll/restart 2/3  █████░░░░░░░░░░░░░░░ 5/20  10 running 4 succeeded 1 failed  1.0/s  5.0s, about 15.0s left',
      '  roll/check        pending',
    ]);
  });

  test.each([
    [0, 0],
    [1, 1],
    [99, 19],
    [100, 20],
  ])('with %i of 100 nodes done the bar has %i of 20 parts', (done, parts) => {
    const view = rolling([slice({ nodeCount: 100, counts: done === 0 ? {} : { succeeded: done } })]);
    expect(progressLines(view, start, look)[1]?.match(/█/g)?.length ?? 0).toBe(parts);
  });

  test('no rate is shown and no end is guessed before anything is done', () => {
    const [row] = progressRows(rolling([slice({ counts: { running: 10 } })]), start + 5000);
    expect(row).toMatchObject({ rate: 0, leftMs: undefined, elapsedMs: 5000, done: 0 });
    expect(progressRows(rolling([slice({})]), start)[0]).toMatchObject({ rate: 0, elapsedMs: 0 });
    expect(progressRows(rolling([slice({})]), start - 60_000)[0]).toMatchObject({ elapsedMs: 0 });
  });

  test('only the rounds of the current attempt have bars', () => {
    const view = rolling([slice({ status: 'failed', attempt: 1 }), slice({ attempt: 2, round: 3, nodeCount: 4 })], {
      attempt: 2,
    });
    const lines = progressLines(view, start, look);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('attempt 2');
    expect(lines[1]).toContain('roll/restart 3/3');
  });

  test('when lines are short, what runs and what failed stays, in order, and the rest is counted', () => {
    const slices = Array.from({ length: 50 }, (_, i) =>
      slice({ round: i + 1, rounds: 50, status: i === 3 ? 'failed' : i === 49 ? 'running' : 'succeeded' }),
    );
    const lines = progressLines(rolling(slices), start, { ...look, maxLines: 6 });
    expect(lines).toHaveLength(6);
    expect(
      lines.slice(1).map((line) =>
        line
          .match(/restart (\d+)|and (\d+) more/)
          ?.slice(1)
          .find(Boolean),
      ),
    ).toEqual(['4', '48', '49', '50', '47']);
  });

  test('names of any script keep the bars aligned', () => {
    const view = rolling([slice({})]);
    view.groups[0]!.phases[1]!.name = '检查数据库';
    const [, first = '', second = ''] = progressLines(view, start, look);
    expect(first.indexOf('░')).toBe('  roll/restart 1/3  '.length);
    expect(second).toBe('  roll/检查数据库   pending');
  });

  test('the time of an attempt ends with it', () => {
    const view = makeRunView();
    expect(attemptMs(view, start + 100_000)).toBe(8000);
    expect(attemptMs({ ...view, status: 'running' }, start + 100_000)).toBe(100_000);
  });
});

describe('progress as lines of a log', () => {
  const time = (ms: number) => new Date(ms).toTimeString().slice(0, 8);

  test('tells only what changed, and the counts of a round every five seconds at most', () => {
    const seen: string[] = [];
    let last = noPlainProgress;
    const see = (view: RunView, now: number) => {
      const { lines, next } = plainProgress(last, view, now);
      last = next;
      seen.push(...lines);
    };
    const at = (succeeded: number) => rolling([slice({ counts: { succeeded, running: 10 - succeeded } })]);
    see(at(1), start);
    see(at(1), start + 1000);
    see(at(2), start + 2000);
    see(at(3), start + 6000);
    see(
      rolling(
        [slice({ status: 'failed', counts: { succeeded: 9, failed: 1 }, closedAt: '2026-01-01T00:00:07.500Z' })],
        { status: 'failed' },
      ),
      start + 6500,
    );
    const { runId } = at(1);
    expect(seen).toEqual([
      `${time(start)} roll-shop ${runId} running`,
      `${time(start)} roll/restart round 1/3 1/10 9 running 1 succeeded`,
      `${time(start + 6000)} roll/restart round 1/3 3/10 7 running 3 succeeded`,
      `${time(start + 6500)} roll-shop ${runId} failed`,
      `${time(start + 6500)} roll/restart round 1/3 failed 10/10 9 succeeded 1 failed`,
    ]);
  });

  test('print a row once although rows of other phases come in before it, and once more when it is opened again', () => {
    const seen: string[] = [];
    let last = noPlainProgress;
    const done = { status: 'succeeded' as const, counts: { succeeded: 10 }, closedAt: '2026-01-01T00:00:02.000Z' };
    for (const view of [
      rolling([slice({ ...done, round: 2 })]),
      rolling([slice({ ...done, round: 1 }), slice({ ...done, round: 2 })]),
      rolling([
        slice({ ...done, round: 1 }),
        slice({ ...done, round: 2 }),
        slice({ round: 2, counts: { running: 4 }, nodeCount: 4 }),
      ]),
    ]) {
      const { lines, next } = plainProgress(last, view, start);
      last = next;
      seen.push(...lines.slice(seen.length === 0 ? 1 : 0));
    }

    expect(seen.map((line) => line.slice(9))).toEqual([
      'roll/restart round 2/3 succeeded 10/10 10 succeeded',
      'roll/restart round 1/3 succeeded 10/10 10 succeeded',
      'roll/restart round 2/3 0/4 4 running',
    ]);
  });
});
