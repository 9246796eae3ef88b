import { parseDurationMs } from '../model/duration.ts';
import type { Approval, GateRecord } from '../model/gate.ts';
import type { Group } from '../model/job.ts';
import type { Stage } from '../plan/stages.ts';

/** The gate of a run with this id; the latest, because drift may have asked again. */
export const gateById = (gates: readonly GateRecord[] | undefined, gateId: string): GateRecord | undefined =>
  gates?.findLast((one) => one.gateId === gateId);

/** Gates with one of them replaced, or added at the end. */
export const withGate = (gates: readonly GateRecord[] | undefined, gate: GateRecord): GateRecord[] => {
  const known = gates ?? [];
  const index = known.findLastIndex((one) => one.gateId === gate.gateId);
  return index < 0 ? [...known, gate] : known.with(index, gate);
};

/** A gate whose time is over without a decision is expired, whoever looks first. */
export const gateAt = (gate: GateRecord, now: string): GateRecord =>
  gate.status === 'open' && now >= gate.expiresAt ? { ...gate, status: 'expired', decidedAt: gate.expiresAt } : gate;

/** Gates that wait for somebody. */
export const openGates = (gates: readonly GateRecord[] | undefined): readonly GateRecord[] =>
  (gates ?? []).filter(({ status }) => status === 'open');

/** What a gate is for. */
export type GateOpening = Pick<GateRecord, 'gateId' | 'attempt' | 'kind' | 'message'> &
  Partial<Pick<GateRecord, 'digest'>>;

/** A new gate. */
export const newGate = (opening: GateOpening, approval: Approval, nowMs: number): GateRecord => ({
  ...opening,
  count: approval.count,
  ...(approval.of === undefined ? {} : { of: approval.of }),
  fourEyes: approval.fourEyes,
  status: 'open',
  votes: [],
  openedAt: new Date(nowMs).toISOString(),
  expiresAt: new Date(nowMs + parseDurationMs(approval.expires)).toISOString(),
});

/** The gate that stands before a stage because a round ended: undefined when none does. */
export const roundGate = (
  group: Group,
  stage: Pick<Stage, 'round' | 'rounds'>,
  where: { readonly attempt: number; readonly groupIndex: number },
): GateOpening | undefined => {
  const { approval } = group;
  const asks = approval !== undefined && (approval.after === 'every' ? stage.round > 1 : stage.round === 2);
  if (!asks) return undefined;
  return {
    gateId: `g${where.groupIndex}.round${stage.round}`,
    attempt: where.attempt,
    kind: 'round',
    message: approval.message ?? `Group '${group.name}': go on with round ${stage.round} of ${stage.rounds}?`,
  };
};
