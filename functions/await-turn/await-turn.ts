import { changeRun, isAttemptOpen } from '#functions/records/change-run.ts';
import { seekerOf, type TurnDeps, turnRecord } from '#functions/records/turns.ts';
import { nextInLine } from '#shared/lock/turn.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Await Turn needs. */
export interface AwaitTurnDeps extends TurnDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> & TurnDeps['store'];
  readonly engine: Pick<Engine, 'complete'>;
}

/**
 * Parks the token of a run in line; whoever leaves the line before it completes it, and so do pause and abort. What came between the last look
 * and now is not lost: when the turn has come meanwhile, or the run is not to go on, the token is completed at once.
 */
export const awaitTurn =
  (deps: AwaitTurnDeps): TaskBehaviour<'awaitTurn'> =>
  async ({ runId, attempt, token }) => {
    const run = await changeRun(deps.store, runId, (one) =>
      one.control === 'go' && isAttemptOpen(one, attempt) ? { ...one, holdToken: token } : undefined,
    );
    if (run.holdToken !== token || !(await isStillInLine(deps, run))) await deps.engine.complete(token);
    return {};
  };

const isStillInLine = async (deps: AwaitTurnDeps, run: RunRecord): Promise<boolean> => {
  if (run.turn === undefined) return false;
  const turn = await turnRecord(deps, run.turn.key).read();
  const { runId, attempt } = seekerOf(run);
  const isMine = (one: { readonly runId: string; readonly attempt: number }) =>
    one.runId === runId && one.attempt === attempt;
  return (
    turn.waiters.some((one) => isMine(one) && one.replacedBy === undefined) &&
    !nextInLine(turn, deps.clock.now()).some(isMine)
  );
};
