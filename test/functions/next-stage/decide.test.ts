import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStage, type StageView } from '#functions/next-stage/decide.ts';
import { formatSliceId, runIdSchema } from '#shared/model/ids.ts';
import type { SliceRecord } from '#shared/model/run.ts';

const stage = (stageIndex: number, round: number, phases: readonly number[]) => ({
  stageIndex,
  round,
  rounds: 2,
  slices: phases.map((phaseIndex) => ({ phaseIndex, kind: 'nodes' as const, from: 0, to: 3 })),
});
const slice = (
  stageIndex: number,
  phaseIndex: number,
  more: Partial<SliceRecord> & { readonly pass?: number } = {},
): SliceRecord => {
  const { pass = 0, ...rest } = more;
  return {
    runId: runIdSchema.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    sliceId: formatSliceId({ attempt: 1, groupIndex: 0, stageIndex, phaseIndex, pass }),
    groupName: 'g',
    phaseName: 'p',
    round: stageIndex < 2 ? 1 : 2,
    rounds: 2,
    nodeCount: 3,
    batchCount: 1,
    width: 1,
    status: 'succeeded',
    counts: { succeeded: 3 },
    replaces: {},
    openedAt: '2026-01-01T00:00:00.000Z',
    closedAt: '2026-01-01T00:00:01.000Z',
    ...rest,
  };
};
const view = (more: Partial<StageView>): StageView => ({
  attempt: 1,
  groupIndex: 0,
  control: 'go',
  judges: [],
  passed: new Set(),
  stopped: false,
  stages: [stage(0, 1, [0]), stage(1, 1, [1]), stage(2, 2, [0]), stage(3, 2, [1])],
  slices: [],
  ...more,
});
const open = ({ closedAt: _closed, ...rest }: SliceRecord): SliceRecord => rest;

describe('the next stage', () => {
  it('is the first one at the beginning', () => {
    expect(decideStage(view({}))).toEqual({ kind: 'run', stageIndex: 0, slices: ['a1-g0-s0-p0-x0'], soakFirst: false });
  });

  it('is the same one again while a slice of it is open', () => {
    expect(decideStage(view({ slices: [open(slice(0, 0, { status: 'running' }))] }))).toMatchObject({
      kind: 'run',
      slices: ['a1-g0-s0-p0-x0'],
    });
  });

  it('opens a slice once more when a pause left nodes in it', () => {
    const paused = slice(0, 0, { status: 'failed', counts: { failed: 1, pending: 2 } });

    expect(decideStage(view({ slices: [paused] }))).toMatchObject({ kind: 'run', slices: ['a1-g0-s0-p0-x1'] });
    expect(
      decideStage(view({ slices: [paused, slice(0, 0, { pass: 1, nodeCount: 2, counts: { succeeded: 2 } })] })),
    ).toMatchObject({ slices: ['a1-g0-s1-p1-x0'] });
  });

  it('soaks before a later round that follows one in which something ran', () => {
    const first = [slice(0, 0), slice(1, 1)];

    expect(decideStage(view({ slices: first }))).toMatchObject({ stageIndex: 2, soakFirst: true });
    expect(decideStage(view({ slices: first.map((one) => ({ ...one, nodeCount: 0, counts: {} })) }))).toMatchObject({
      soakFirst: false,
    });
    expect(decideStage(view({ slices: [...first, slice(2, 0)] }))).toMatchObject({ stageIndex: 3, soakFirst: false });
  });

  it('holds when paused, fails when stopped or aborted, and is done after the last', () => {
    const all = [slice(0, 0), slice(1, 1), slice(2, 0), slice(3, 1)];

    expect(decideStage(view({ control: 'pause' })).kind).toBe('hold');
    expect(decideStage(view({ stopped: true })).kind).toBe('failed');
    expect(decideStage(view({ control: 'abort', slices: all })).kind).toBe('failed');
    expect(decideStage(view({ slices: all })).kind).toBe('done');
    expect(decideStage(view({ control: 'pause', slices: all })).kind).toBe('done');
  });

  it.each([{ control: 'abort' }, { control: 'pause' }, { stopped: true }] as const)(
    'takes up what an execution left open, and nothing else, before $control$stopped takes effect',
    (more) => {
      const slices = [slice(0, 0), open(slice(1, 1, { status: 'running' }))];

      const decision = decideStage(view({ ...more, slices }));

      expect(decision).toEqual({
        kind: 'run',
        stageIndex: 1,
        slices: ['a1-g0-s1-p1-x0'],
        soakFirst: false,
        newRound: false,
      });
      const closed = [slice(0, 0), slice(1, 1, { counts: { succeeded: 1, pending: 2 } })];
      expect(decideStage(view({ ...more, slices: closed })).kind).toBe(
        'control' in more && more.control === 'pause' ? 'hold' : 'failed',
      );
    },
  );

  it('of a stage whose phases were not all opened takes up those that were', () => {
    const stages = [stage(0, 0, [0, 1])];
    const slices = [open(slice(0, 1))];

    expect(decideStage(view({ control: 'abort', stages, slices }))).toMatchObject({ slices: ['a1-g0-s0-p1-x0'] });
    expect(decideStage(view({ stages, slices }))).toMatchObject({ slices: ['a1-g0-s0-p0-x0', 'a1-g0-s0-p1-x0'] });
  });

  it('comes to an end whatever happens in between: each run of a stage closes its slices or is asked for again', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (choices) => {
        let slices: SliceRecord[] = [];
        const orders: number[] = [];
        for (let turn = 0; turn < 200; turn += 1) {
          const decision = decideStage(view({ slices }));
          if (decision.kind === 'done') break;
          if (decision.kind !== 'run') throw new Error(decision.kind);
          orders.push(decision.stageIndex);
          const choice = choices.next().value ?? 0;
          const phaseIndex = decision.stageIndex % 2;
          const pass = Number(decision.slices[0]?.split('x')[1] ?? 0);
          const key = { pass, nodeCount: 3 };
          slices = slices.filter((one) => one.sliceId !== decision.slices[0]);
          if (choice === 0) slices.push(open(slice(decision.stageIndex, phaseIndex, key)));
          else if (choice === 1)
            slices.push(slice(decision.stageIndex, phaseIndex, { ...key, counts: { pending: 1, succeeded: 2 } }));
          else slices.push(slice(decision.stageIndex, phaseIndex, key));
        }
        expect(orders).toEqual([...orders].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});
