import { askAbort, replacedReason } from '#functions/records/ask-abort.ts';
import { currentAttempt, isAttemptOpen } from '#functions/records/change-run.ts';
import { markQueued, markRunning } from '#functions/records/mark-running.ts';
import {
  askForTurn,
  endTurn,
  letOthersGoAhead,
  seekerOf,
  type TurnDeps,
  turnRecord,
  type WakeRunsDeps,
} from '#functions/records/turns.ts';
import { lockTimes, placeMs, turnPatience, waitSeconds } from '#shared/lock/times.ts';
import { standingOf } from '#shared/lock/turn.ts';
import type { TurnSettings } from '#shared/model/lock.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { Log } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What taking a turn needs. */
export interface TakeTurnDeps extends TurnDeps, WakeRunsDeps {
  readonly store: TurnDeps['store'] & Pick<RunStore, 'get' | 'replace'>;
  readonly log: Log;
}

/** Whether a run may go on: it may; it looks again in `look` seconds; another run has taken its place; it has ended meanwhile. */
export type Turn =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly look: number }
  | { readonly kind: 'replaced' | 'over' };

const go: Turn = { kind: 'go' };

/**
 * The turn of a run whose job limits how many go on at once: takes it, keeps it, or says when to look again. A run that lost its turn (its time
 * was over, or somebody took it away) gets in line again. One that is paused before its turn came lets the others go ahead.
 */
export const takeTurn = async (deps: TakeTurnDeps, run: RunRecord): Promise<Turn> => {
  const { turn: settings } = run;
  if (settings === undefined || run.control === 'abort') return go;
  if (run.control === 'pause') {
    await letOthersGoAhead(deps, run);
    return go;
  }
  const look = await nextLook(deps, settings, run);
  const { answer, replaced } = await askForTurn(deps, settings, {
    who: seekerOf(run),
    whenFull: settings.policy === 'replace' ? 'replace' : 'wait',
    holdMs: lockTimes.stepMs,
    waitMs: placeMs(look),
  });
  const attempt = currentAttempt(run);
  if (await hasEnded(deps, run)) {
    await endTurn(deps, run, { runId: run.runId, attempt });
    return { kind: 'over' };
  }
  if (answer.kind === 'held') {
    if (run.status === 'queued') await start(deps, run);
    return go;
  }
  if (answer.kind === 'replaced') {
    await askAbort(deps, { runId: run.runId, attempt }, replacedReason(answer.by, settings.key));
    return { kind: 'replaced' };
  }
  await markQueued(deps, run.runId, attempt);
  for (const other of replaced) await askAbort(deps, other, replacedReason(run.runId, settings.key));
  return { kind: 'wait', look };
};

/** A call that was held up may come to its turn after the end of its run. Nobody would give back what it takes there. */
const hasEnded = async (deps: TakeTurnDeps, run: RunRecord): Promise<boolean> => {
  const now = await deps.store.get(run.runId);
  return now === undefined || !isAttemptOpen(now, currentAttempt(run));
};

const start = async (deps: TakeTurnDeps, run: RunRecord): Promise<void> => {
  const attempt = currentAttempt(run);
  await markRunning(deps, run.runId, attempt);
  deps.log.info('run.started', { runId: run.runId, attempt });
};

/** Seconds until the next look, by how long it has waited. */
const nextLook = async (deps: TakeTurnDeps, { key }: TurnSettings, run: RunRecord): Promise<number> => {
  const nowMs = deps.clock.now();
  const standing = standingOf(await turnRecord(deps, key).read(), seekerOf(run), nowMs);
  return waitSeconds(standing?.kind === 'waiting' ? nowMs - Date.parse(standing.since) : 0, turnPatience);
};
