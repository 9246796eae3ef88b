import { changeRun, currentAttempt, isAttemptOpen } from '#functions/records/change-run.ts';
import { type GateOpening, gateAt, gateById, newGate, withGate } from '#shared/gate/gates-of-run.ts';
import type { Approval, GateRecord } from '#shared/model/gate.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What standing at a gate needs. */
export interface GateDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'>;
  readonly clock: Clock;
}

/** How a run stands at a gate. */
export type GateVerdict =
  | { readonly kind: 'passed' }
  /** Somebody has to decide, for at most so many more seconds. */
  | { readonly kind: 'waiting'; readonly seconds: number }
  | { readonly kind: 'closed'; readonly reason: string };

/**
 * Stands at a gate: opens it when it is not there, or was closed in an earlier attempt, and says whether the run may go on. A gate that was
 * passed once stays passed, also in later attempts, as long as it is for the same plan.
 */
export const standAtGate = async (
  deps: GateDeps,
  run: RunRecord,
  opening: GateOpening,
  approval: Approval,
): Promise<GateVerdict> => {
  const attempt = currentAttempt(run);
  const now = new Date(deps.clock.now()).toISOString();
  const isOpenFor = (gate: GateRecord | undefined): boolean =>
    gate !== undefined &&
    (gate.digest === undefined || gate.digest === opening.digest) &&
    (gate.status === 'approved' || gate.attempt === attempt);
  const known = gateById(run.gates, opening.gateId);
  if (known !== undefined && isOpenFor(known) && gateAt(known, now).status === known.status)
    return verdictOf(known, deps.clock.now());
  const changed = await changeRun(deps.store, run.runId, (one) => {
    if (!isAttemptOpen(one, attempt)) return undefined;
    const stored = gateById(one.gates, opening.gateId);
    if (stored !== undefined && isOpenFor(stored)) {
      const gate = gateAt(stored, now);
      return gate === stored ? undefined : { ...one, gates: withGate(one.gates, gate) };
    }
    const gate = newGate(opening, approval, deps.clock.now());
    const status = one.control === 'go' ? 'waitingApproval' : one.status;
    return { ...one, status, gates: [...(one.gates ?? []), gate] };
  });
  const gate = gateById(changed.gates, opening.gateId);
  return gate === undefined ? { kind: 'waiting', seconds: 1 } : verdictOf(gate, deps.clock.now());
};

const verdictOf = (gate: GateRecord, nowMs: number): GateVerdict => {
  if (gate.status === 'approved' || gate.status === 'answered') return { kind: 'passed' };
  if (gate.status === 'open')
    return { kind: 'waiting', seconds: Math.max(1, Math.ceil((Date.parse(gate.expiresAt) - nowMs) / 1000)) };
  return { kind: 'closed', reason: whyClosed(gate) };
};

/** Why a gate let nobody through, as a sentence. */
const whyClosed = (gate: GateRecord): string => {
  const no = gate.votes.find(({ decision }) => decision === 'reject');
  if (no === undefined) return `Nobody decided before ${gate.expiresAt}: ${gate.message}`;
  return `Rejected by ${no.actor}${no.comment === undefined ? '' : ` (${no.comment})`}: ${gate.message}`;
};
