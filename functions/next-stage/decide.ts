import { formatSliceId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import { type Control, endsRun, type SliceRecord } from '#shared/model/run.ts';
import { terminalCount } from '#shared/model/status.ts';
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
}

/** What to do next in a group. `soakFirst`: this stage begins a round after one that did something in this attempt. */
export type StageDecision =
  | {
      readonly kind: 'run';
      readonly stageIndex: number;
      readonly slices: readonly SliceId[];
      readonly soakFirst: boolean;
    }
  | { readonly kind: 'hold' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'done' };

/**
 * The next step of a group: the first stage that is not at its end. A slice that was opened and not closed is taken up again (its execution
 * broke off); one that a pause left unfinished is opened once more. Deterministic: the same view gives the same decision.
 */
export const decideStage = (view: StageView): StageDecision => {
  if (endsRun(view.control) || view.stopped) return { kind: 'failed' };
  for (const stage of view.stages) {
    const slices = openSlicesOf(view, stage);
    if (slices.length === 0) continue;
    if (view.control === 'pause') return { kind: 'hold' };
    return { kind: 'run', stageIndex: stage.stageIndex, slices, soakFirst: beginsRound(view, stage) };
  }
  return { kind: 'done' };
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

const beginsRound = (view: StageView, stage: Stage): boolean =>
  view.slices.some((slice) => slice.round < stage.round && slice.nodeCount > 0) &&
  !view.slices.some((slice) => slice.round === stage.round);
