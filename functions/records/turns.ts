import { AppError } from '#shared/errors/app-error.ts';
import { lockTimes } from '#shared/lock/times.ts';
import {
  askTurn,
  extendTurn,
  freshTurn,
  leaveTurn,
  maxWaiters,
  nextInLine,
  stepAside,
  type TurnAsk,
  type TurnDecision,
  type TurnSeeker,
} from '#shared/lock/turn.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { TurnEntry, TurnRecord, TurnSettings, TurnWaiter } from '#shared/model/lock.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Clock, Engine } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { changeLocked, type Versioned } from './change-locked.ts';
import { currentAttempt } from './change-run.ts';

/** What asking for a turn needs. */
export interface TurnDeps {
  readonly store: Pick<LockStore, 'getTurn' | 'putTurn'>;
  readonly clock: Clock;
}

/** What waking those in line needs beside. */
export interface WakeRunsDeps {
  readonly store: Pick<RunStore, 'get'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/** The current attempt of a run, as it asks for its turn. */
export const seekerOf = (run: RunRecord): TurnSeeker => ({
  runId: run.runId,
  attempt: currentAttempt(run),
  jobName: run.jobName,
  actor: run.attempts.at(-1)?.actor ?? run.actor,
});

/** A key's record, to be decided on. */
export const turnRecord = ({ store }: Pick<TurnDeps, 'store'>, key: string): Versioned<TurnRecord> => ({
  read: async () => (await store.getTurn(key)) ?? freshTurn(key),
  put: (turn) => store.putTurn(turn),
});

/** Asks for a turn under a key. */
export const askForTurn = async (
  deps: TurnDeps,
  settings: TurnSettings,
  ask: Omit<TurnAsk, 'settings' | 'nowMs'>,
): Promise<Omit<TurnDecision, 'turn'>> =>
  changeLocked(turnRecord(deps, settings.key), (turn) => {
    const decision = askTurn(turn, { ...ask, settings, nowMs: deps.clock.now() });
    return { ...decision, record: decision.turn };
  });

/** What became of a run that was put in line: it goes on or waits, maybe in place of others; or it may not, and its job says to record that. */
export type Line =
  | { readonly kind: 'entered'; readonly replaced: readonly TurnEntry[] }
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * Puts the current attempt of a run in line under its key, as its job's policy says. Entering twice changes nothing.
 * @throws AppError `lock.held` when it may not wait: by policy, or because too many do
 */
export const enterLine = async (deps: TurnDeps, run: RunRecord): Promise<Line> => {
  const { turn: settings } = run;
  if (settings === undefined) return { kind: 'entered', replaced: [] };
  const { policy, key } = settings;
  const leaves = policy === 'skip' || policy === 'reject';
  const { answer, replaced } = await askForTurn(deps, settings, {
    who: seekerOf(run),
    whenFull: leaves ? 'leave' : policy === 'replace' ? 'replace' : 'wait',
    holdMs: lockTimes.startMs,
    waitMs: lockTimes.startMs,
  });
  if (answer.kind !== 'refused') return { kind: 'entered', replaced };
  const [first] = answer.ahead;
  const why = `${nameOfEntry(first)} goes on under the key '${key}'`;
  if (policy === 'skip') return { kind: 'rejected', reason: `Rejected: ${why}` };
  throw new AppError(
    'lock.held',
    leaves
      ? `Job '${run.jobName}' may not start now: ${why}`
      : `${maxWaiters} runs wait already under the key '${key}'`,
    { hint: `Follow it with: drover run watch ${first?.runId ?? 'last'}. Who holds what is listed by: drover lock ls` },
  );
};

/** Makes the turn of an attempt last at least so long from now; false when it has none (any more). */
export const keepTurn = async (deps: TurnDeps, run: RunRecord, ms: number): Promise<boolean> => {
  if (run.turn === undefined) return true;
  const { isHeld } = await changeLocked(turnRecord(deps, run.turn.key), (turn) => {
    const kept = extendTurn(turn, seekerOf(run), { nowMs: deps.clock.now(), ms });
    return { record: kept ?? turn, isHeld: kept !== undefined };
  });
  return isHeld;
};

/** Takes an attempt from its key, turn and place, and wakes those whose turn it is now. */
export const endTurn = async (
  deps: TurnDeps & WakeRunsDeps,
  { turn: settings }: Pick<RunRecord, 'turn'>,
  who: { readonly runId: RunId; readonly attempt: number },
): Promise<void> => {
  if (settings === undefined) return;
  const { record } = await changeLocked(turnRecord(deps, settings.key), (turn) => ({ record: leaveTurn(turn, who) }));
  await wakeRuns(deps, nextInLine(record, deps.clock.now()));
};

/** Takes an attempt from its key, turn and place, and wakes nobody: whoever waits looks by itself in time. */
export const leaveLine = async (
  deps: TurnDeps,
  { turn: settings }: Pick<RunRecord, 'turn'>,
  who: { readonly runId: RunId; readonly attempt: number },
): Promise<void> => {
  if (settings === undefined) return;
  await changeLocked(turnRecord(deps, settings.key), (turn) => ({ record: leaveTurn(turn, who) }));
};

/** Lets others go ahead of an attempt in line, and wakes them. */
export const letOthersGoAhead = async (deps: TurnDeps & WakeRunsDeps, run: RunRecord): Promise<void> => {
  if (run.turn === undefined) return;
  const nowMs = deps.clock.now();
  const { record } = await changeLocked(turnRecord(deps, run.turn.key), (turn) => ({
    record: stepAside(turn, seekerOf(run), nowMs),
  }));
  await wakeRuns(deps, nextInLine(record, nowMs));
};

/** Wakes runs in line: an accelerator only, since each of them looks by itself in time. */
export const wakeRuns = async (deps: WakeRunsDeps, waiters: readonly TurnWaiter[]): Promise<void> => {
  for (const { runId } of waiters) {
    const run = await deps.store.get(runId);
    if (run?.holdToken !== undefined) await deps.engine.complete(run.holdToken);
  }
};

/** The first of those ahead, for people: `run X of job 'roll' (by ann)`. */
export const nameOfEntry = (entry: TurnEntry | undefined): string =>
  entry === undefined ? 'another run' : `run ${entry.runId} of job '${entry.jobName}' (by ${entry.actor})`;
