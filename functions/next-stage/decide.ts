import { formatSliceId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import type { Control, SliceRecord } from '#shared/model/run.ts';
import { failingCount, terminalCount } from '#shared/model/status.ts';
import type { Stage } from '#shared/plan/stages.ts';

/** What the decision looks at: the plan of the group and what the ledger says of this attempt. */
export interface StageView {
  readonly attempt: number;
  readonly groupIndex: number;
  readonly control: Control;
  /** True when the failure budget of the group is spent. */
  readonly stopped: boolean;
  /** Stages of the group, without the phases that this attempt does not want. */
  readonly stages: readonly Stage[];
  /** Slices of this attempt and group. */
  readonly slices: readonly SliceRecord[];
  /** How its phases judge rounds, by phase index; undefined for those that do not. */
  readonly judges: readonly (Judge | undefined)[];
  /** Ids of gates at which people let the run go on. */
  readonly passed: ReadonlySet<string>;
}

/** What the failure of a phase that judges means. */
export type Judge = 'hold' | 'stop';

/** What to do next in a group. `soakFirst`: this stage begins a round after one that did something in this attempt. */
export type StageDecision =
  | {
      readonly kind: 'run';
      readonly stageIndex: number;
      readonly slices: readonly SliceId[];
      readonly soakFirst: boolean;
      /** True when this stage begins a round of which nothing was begun in this attempt. */
      readonly newRound: boolean;
    }
  | { readonly kind: 'hold' }
  /** A phase that judges has failed, and nobody let the run go on: `gateId` is where that can be done. */
  | { readonly kind: 'judged'; readonly judge: Judge; readonly gateId: string; readonly stage: Stage }
  | { readonly kind: 'failed' }
  | { readonly kind: 'done' };

/**
 * The next step of a group: the first stage that is not at its end. A slice that was opened and not closed is taken up again (its execution
 * broke off), also when nothing more may start: what is under way in it has to be stopped or awaited, and accounted for. One that a pause
 * left unfinished is opened once more. Deterministic: the same view gives the same decision.
 */
export const decideStage = (view: StageView): StageDecision => {
  const isOver = view.control === 'abort' || view.stopped;
  const brokenOff = isOver || view.control === 'pause' ? stageLeftOpen(view) : undefined;
  if (brokenOff) return brokenOff;
  if (isOver) return { kind: 'failed' };
  for (const stage of view.stages) {
    const slices = openSlicesOf(view, stage);
    if (slices.length === 0) {
      const judged = judgement(view, stage);
      if (judged !== undefined) return judged;
      continue;
    }
    if (view.control === 'pause') return { kind: 'hold' };
    return {
      kind: 'run',
      stageIndex: stage.stageIndex,
      slices,
      soakFirst: soaksBefore(view, stage),
      newRound: !view.slices.some((slice) => slice.round === stage.round),
    };
  }
  return { kind: 'done' };
};

/** The first stage with slices that were opened and not closed. */
const stageLeftOpen = (view: StageView): StageDecision | undefined => {
  for (const { stageIndex } of view.stages) {
    const slices = view.slices.flatMap(({ sliceId, closedAt }) =>
      closedAt === undefined && parseSliceId(sliceId).stageIndex === stageIndex ? [sliceId] : [],
    );
    if (slices.length > 0) return { kind: 'run', stageIndex, slices, soakFirst: false, newRound: false };
  }
  return undefined;
};

/** What a stage that is over says of its round: nothing, unless it judges and failed. */
const judgement = (view: StageView, stage: Stage): StageDecision | undefined => {
  for (const { phaseIndex } of stage.slices) {
    const judge = view.judges[phaseIndex];
    const last = lastPass(view.slices, stage.stageIndex, phaseIndex);
    const gateId = `g${view.groupIndex}.s${stage.stageIndex}.judge`;
    if (judge !== undefined && last !== undefined && failingCount(last.counts) > 0 && !view.passed.has(gateId))
      return { kind: 'judged', judge, gateId, stage };
  }
  return undefined;
};

const openSlicesOf = (view: StageView, stage: Stage): readonly SliceId[] =>
  stage.slices.flatMap(({ phaseIndex }) => {
    const last = lastPass(view.slices, stage.stageIndex, phaseIndex);
    const key = { attempt: view.attempt, groupIndex: view.groupIndex, stageIndex: stage.stageIndex, phaseIndex };
    if (!last) return [formatSliceId({ ...key, pass: 0 })];
    if (last.closedAt === undefined) return [last.sliceId];
    const hasNodesLeft = terminalCount(last.counts) < last.nodeCount;
    return hasNodesLeft ? [formatSliceId({ ...key, pass: parseSliceId(last.sliceId).pass + 1 })] : [];
  });

const lastPass = (slices: readonly SliceRecord[], stageIndex: number, phaseIndex: number): SliceRecord | undefined =>
  slices
    .filter((slice) => {
      const key = parseSliceId(slice.sliceId);
      return key.stageIndex === stageIndex && key.phaseIndex === phaseIndex;
    })
    .sort((a, b) => parseSliceId(a.sliceId).pass - parseSliceId(b.sliceId).pass)
    .at(-1);

/**
 * The soak comes after the work of a round: before the phase that judges it when there is one, else before the next round.
 */
const soaksBefore = (view: StageView, stage: Stage): boolean => {
  const judges = (one: { readonly phaseIndex: number }): boolean => view.judges[one.phaseIndex] !== undefined;
  if (!view.judges.some((judge) => judge !== undefined)) return beginsRound(view, stage);
  const inRound = view.slices.filter((slice) => slice.round === stage.round);
  return (
    stage.slices.some(judges) &&
    inRound.some((slice) => slice.nodeCount > 0) &&
    !inRound.some(({ sliceId }) => judges(parseSliceId(sliceId)))
  );
};

const beginsRound = (view: StageView, stage: Stage): boolean =>
  view.slices.some((slice) => slice.round < stage.round && slice.nodeCount > 0) &&
  !view.slices.some((slice) => slice.round === stage.round);
