import { changeRun, currentAttempt } from '#functions/records/change-run.ts';
import { isHeldAtGate } from '#functions/records/held-at-gate.ts';
import { keepTurn, type TurnDeps } from '#functions/records/turns.ts';
import { lockTimes } from '#shared/lock/times.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Hold needs. */
export interface HoldDeps extends TurnDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> & TurnDeps['store'];
  readonly engine: Pick<Engine, 'complete'>;
}

/**
 * Parks the token of a run that is paused or waits at a gate; `resume`, `abort` and a decision complete it. When one of them came first, the
 * token is completed at once.
 * What the run's turn keeps others from, it keeps them from while it is paused.
 */
export const hold =
  (deps: HoldDeps): TaskBehaviour<'hold'> =>
  async ({ runId, attempt, token }) => {
    const run = await changeRun(deps.store, runId, (one) => {
      if (currentAttempt(one) !== attempt || one.control === 'abort') return undefined;
      if (one.control === 'pause') return { ...one, status: 'paused', holdToken: token };
      return isHeldAtGate(one) ? { ...one, holdToken: token } : undefined;
    });
    if (run.holdToken === token) await keepTurn(deps, run, lockTimes.holdMs);
    else await deps.engine.complete(token);
    return {};
  };
