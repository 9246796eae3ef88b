import { type Abort, abortReplaced } from '#functions/records/ask-abort.ts';
import { changeRun, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { endTurn, enterLine, type TurnDeps, type WakeRunsDeps } from '#functions/records/turns.ts';
import type { ContinueRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { TurnEntry } from '#shared/model/lock.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { checkSelection } from '#shared/plan/selection.ts';
import { type Clock, type Engine, type Log, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What continuing a run needs. */
export interface ContinueRunDeps extends TurnDeps, WakeRunsDeps {
  readonly store: TurnDeps['store'] & Pick<RunStore, 'get' | 'replace'>;
  readonly json: JsonBlobs;
  readonly engine: Pick<Engine, 'start' | 'complete'>;
  /** Asks a run to abort whose place this one takes. */
  readonly abort: Abort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Adds an attempt to a run that is at its end: what is left, each node from its own next operation, with the same job and parameters; or
 * everything again with `force`.
 * @throws AppError `run.not-found`, `run.conflict` when the run is under way or has nothing left, `request.invalid`, `lock.held` when its
 * turn has not come and its job does not let it wait
 */
export const continueRun =
  (deps: ContinueRunDeps) =>
  async (runId: RunId, request: ContinueRequest, actor: string): Promise<void> => {
    const before = await requireRun(deps.store, runId);
    checkSelection(await deps.json.job(before), request.only);
    // An earlier request may have died between adding an attempt and starting it; starting is idempotent.
    if (before.status === 'queued') await deps.engine.start(runId, before.attempts.length);
    const add = (one: RunRecord): RunRecord => withAttempt(one, request, { actor, at: nowIso(deps.clock) });
    const replaced = await takePlace(deps, add(before));
    const run = await addAttempt(deps, before, add);
    await deps.engine.start(runId, run.attempts.length);
    await abortReplaced(deps.abort, replaced, { runId, actor });
    deps.log.info('run.continued', { runId, attempt: run.attempts.length, mode: request.mode, actor });
  };

/** The run with one attempt more, when it may have one. */
const withAttempt = (
  one: RunRecord,
  request: ContinueRequest,
  { actor, at }: { readonly actor: string; readonly at: string },
): RunRecord => {
  const { runId } = one;
  if (!isTerminalRunStatus(one.status))
    throw new AppError('run.conflict', `Run ${runId} is ${one.status}: only a run at its end can be continued`, {
      hint:
        one.status === 'paused'
          ? `Resume it with: drover run resume ${runId}`
          : `Follow it with: drover run watch ${runId}`,
    });
  if (request.mode === 'continue' && (one.status === 'succeeded' || one.status === 'completed'))
    throw new AppError('run.conflict', `Run ${runId} has ${one.status}: nothing is left to do`, {
      hint: `Run everything again with: drover run continue ${runId} --force`,
    });
  const { endedAt: _ended, reason: _reason, holdToken: _token, ...kept } = one;
  const attempt = {
    attempt: one.attempts.length + 1,
    selection: { mode: request.mode, ...request.only },
    status: 'queued',
    actor,
    createdAt: at,
  } as const;
  return { ...kept, status: 'queued', control: 'go', attempts: [...one.attempts, attempt] };
};

/** An attempt takes its turn as a run does. Where its job says that it may not wait, there is no attempt. */
const takePlace = async (deps: ContinueRunDeps, run: RunRecord): Promise<readonly TurnEntry[]> => {
  const line = await enterLine(deps, run);
  if (line.kind === 'entered') return line.replaced;
  throw new AppError('lock.held', `Run ${run.runId} cannot be continued now. ${line.reason}`, {
    hint: 'Try again when that run has ended. Who holds what is listed by: drover lock ls',
  });
};

const addAttempt = async (
  deps: ContinueRunDeps,
  before: RunRecord,
  add: (run: RunRecord) => RunRecord,
): Promise<RunRecord> => {
  try {
    return await changeRun(deps.store, before.runId, add);
  } catch (error) {
    // The place in line goes with the attempt that was not added, unless another request has added it.
    const attempt = before.attempts.length + 1;
    const now = await requireRun(deps.store, before.runId);
    if (now.attempts.length < attempt) await endTurn(deps, before, { runId: before.runId, attempt });
    throw error;
  }
};
