import { changeRun, currentAttempt } from '#functions/records/change-run.ts';
import { isHeldAtGate } from '#functions/records/held-at-gate.ts';
import type { GateRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { decideGate } from '#shared/gate/decide-gate.ts';
import { openGates, withGate } from '#shared/gate/gates-of-run.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import { invocationIdSchema, type RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { type Clock, type Engine, type Log, nowIso, type Roles } from '#shared/ports/services.ts';
import type { LedgerStore, RunStore } from '#shared/ports/store.ts';

/** What deciding at a gate needs. */
export interface DecideGateDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> & Pick<LedgerStore, 'signal'>;
  readonly engine: Pick<Engine, 'complete'>;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Approves, rejects or answers where a run waits for people, and lets it go on when that was what it waited for. Without the id of a gate the
 * only one that is open is meant.
 * @throws AppError `run.not-found`, `run.conflict`, `auth.forbidden`, `request.invalid`
 */
export const decideAtGate =
  (deps: DecideGateDeps) =>
  async (runId: RunId, request: GateRequest, actor: string): Promise<void> => {
    const at = nowIso(deps.clock);
    let gateId = '';
    const run = await changeRun(deps.store, runId, (one) => {
      const gate = requireGate(one, request.gate);
      gateId = gate.gateId;
      const decided = decideGate(gate, request, {
        actor,
        roles: deps.roles.of(actor),
        starter: one.attempts.at(-1)?.actor ?? one.actor,
        at,
      });
      if (decided === gate) return undefined;
      const next = { ...one, gates: withGate(one.gates, decided) };
      const goesOn = one.status === 'waitingApproval' && !isHeldAtGate(next);
      return goesOn ? { ...next, status: 'running' } : next;
    });
    await release(deps, run, gateId);
    deps.log.info('gate.decided', { runId, gateId, decision: request.decision, actor });
  };

const requireGate = (run: RunRecord, gateId: string | undefined): GateRecord => {
  if (isTerminalRunStatus(run.status))
    throw new AppError('run.conflict', `Run ${run.runId} has ended as ${run.status}`, {
      hint: `See how it stands with: drover run show ${run.runId}`,
    });
  const ofAttempt = (run.gates ?? []).filter(({ attempt }) => attempt === currentAttempt(run));
  const open = openGates(ofAttempt);
  const named = ofAttempt.findLast((one) => one.gateId === gateId);
  if (named !== undefined) return named;
  if (gateId === undefined && open.length === 1 && open[0] !== undefined) return open[0];
  const ids = open.map((one) => one.gateId).join(', ');
  if (gateId === undefined && open.length > 1)
    throw new AppError('request.invalid', `Run ${run.runId} waits at ${open.length} gates`, {
      hint: `Name one: ${ids}`,
    });
  throw new AppError(
    'run.conflict',
    gateId === undefined ? `Run ${run.runId} waits for nobody` : `Run ${run.runId} has no gate ${gateId}`,
    { hint: ids === '' ? `See how it stands with: drover run show ${run.runId}` : `It waits at ${ids}.` },
  );
};

/** Wakes what waited: the run's hold, or the batch whose operation asked. Doing it twice, or too early, only makes it look once more. */
const release = async (deps: DecideGateDeps, run: RunRecord, gateId: string): Promise<void> => {
  const invocation = invocationIdSchema.safeParse(gateId);
  if (!invocation.success) {
    if (run.holdToken !== undefined && !isHeldAtGate(run)) await deps.engine.complete(run.holdToken);
    return;
  }
  const { token } = await deps.store.signal(run.runId, invocation.data);
  if (token !== undefined) await deps.engine.complete(token);
};
