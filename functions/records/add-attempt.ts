import { AppError } from '#shared/errors/app-error.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { ParamValues } from '#shared/model/job.ts';
import type { TurnEntry } from '#shared/model/lock.ts';
import type { RunRecord, Selection } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { type Clock, type Engine, type Log, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { type Abort, abortReplaced } from './ask-abort.ts';
import { changeRun, currentAttempt, isAttemptOpen, requireRun } from './change-run.ts';
import { hasOpenMarks, type SettleMarksDeps, settleMarks } from './settle-marks.ts';
import { endTurn, enterLine, type TurnDeps, type WakeRunsDeps } from './turns.ts';

/** What adding an attempt needs. */
export interface AddAttemptDeps extends SettleMarksDeps, TurnDeps, WakeRunsDeps {
  readonly store: SettleMarksDeps['store'] & TurnDeps['store'] & Pick<RunStore, 'get' | 'replace' | 'noteOpen'>;
  readonly engine: Pick<Engine, 'start' | 'complete'>;
  /** Asks a run to abort whose place this one takes. */
  readonly abort: Abort;
  readonly clock: Clock;
  readonly log: Log;
}

/** A job that a run may go on with. */
export interface ChangedJob {
  readonly jobBlob: string;
  readonly jobDigest: string;
  /** Revision of a stored job; absent for one that came with the request. */
  readonly jobRevision?: number;
  /** The run's params, with the defaults of those that are new. */
  readonly params: ParamValues;
  /** Digest and targets of the plan that people are asked to approve; absent when nobody is asked. */
  readonly planDigest?: string;
  readonly plannedBlob?: string;
}

/** An attempt that is to be added. */
export interface NewAttempt {
  readonly selection: Selection;
  readonly actor: string;
  /** The job that it runs; absent: the same as before. */
  readonly job?: ChangedJob | undefined;
}

/**
 * The run that an attempt is to be added to, with everything settled that earlier requests left open: an attempt that they added and could
 * not start, and marks that they recorded and could not set.
 * @throws AppError `run.not-found`, `run.conflict` when the run is not at its end
 */
export const runAtItsEnd = async (deps: AddAttemptDeps, runId: RunId): Promise<RunRecord> => {
  const run = await requireRun(deps.store, runId);
  // Starting is idempotent.
  if (run.status === 'queued') await deps.engine.start(runId, currentAttempt(run));
  refuseIfUnderWay(run);
  return settleMarks(deps, run);
};

const refuseIfUnderWay = ({ runId, status, purgedAt }: RunRecord): void => {
  if (purgedAt !== undefined)
    throw new AppError('run.conflict', `Run ${runId} is being removed since ${purgedAt}`, {
      hint: `Remove the rest of it with: drover run purge ${runId}`,
    });
  if (isTerminalRunStatus(status)) return;
  throw new AppError('run.conflict', `Run ${runId} is ${status}: only a run at its end can be continued`, {
    hint:
      status === 'paused' ? `Resume it with: drover run resume ${runId}` : `Follow it with: drover run watch ${runId}`,
  });
};

/**
 * Adds an attempt to a run and starts it. `before` is the run that was decided on: when it has changed since, nothing is added. An attempt
 * takes its turn as a run does.
 * @throws AppError `run.conflict`, `lock.held` when its turn has not come and its job does not let it wait
 */
export const addAttempt = async (
  deps: AddAttemptDeps,
  before: RunRecord,
  { selection, actor, job }: NewAttempt,
): Promise<RunRecord> => {
  const { runId } = before;
  const at = nowIso(deps.clock);
  const add = (one: RunRecord): RunRecord => {
    refuseIfUnderWay(one);
    if (one.attempts.length !== before.attempts.length || hasOpenMarks(one))
      throw new AppError('run.conflict', `Somebody else changed run ${runId} in between`, {
        hint: `See how it stands with: drover run show ${runId}`,
      });
    const { endedAt: _ended, reason: _reason, holdToken: _token, ...kept } = job ? withJob(one, job) : one;
    const attempt = {
      attempt: one.attempts.length + 1,
      selection,
      status: 'queued',
      actor,
      createdAt: at,
    } as const;
    return { ...kept, status: 'queued', control: 'go', attempts: [...kept.attempts, attempt] };
  };
  const replaced = await takePlace(deps, add(before));
  await deps.store.noteOpen({ runId, attempt: before.attempts.length + 1 });
  const run = await writeAttempt(deps, before, add);
  await deps.engine.start(runId, run.attempts.length);
  await abortReplaced(deps.abort, replaced, { runId, actor });
  deps.log.info('run.continued', { runId, attempt: run.attempts.length, mode: selection.mode, actor });
  return run;
};

/** An attempt takes its turn as a run does. Where its job says that it may not wait, there is no attempt. */
const takePlace = async (deps: AddAttemptDeps, run: RunRecord): Promise<readonly TurnEntry[]> => {
  const line = await enterLine(deps, run);
  if (line.kind === 'entered') return line.replaced;
  throw new AppError('lock.held', `Run ${run.runId} cannot be continued now. ${line.reason}`, {
    hint: 'Try again when that run has ended. Who holds what is listed by: drover lock ls',
  });
};

const writeAttempt = async (
  deps: AddAttemptDeps,
  before: RunRecord,
  add: (run: RunRecord) => RunRecord,
): Promise<RunRecord> => {
  try {
    return await changeRun(deps.store, before.runId, add);
  } catch (error) {
    // The place in line goes with the attempt that was not added, unless another request has added it and it goes on.
    const attempt = before.attempts.length + 1;
    const now = await requireRun(deps.store, before.runId);
    if (!isAttemptOpen(now, attempt)) await endTurn(deps, before, { runId: before.runId, attempt });
    throw error;
  }
};

/**
 * The run with another job; the attempts so far keep the one that they ran. What people approved they approved for the job as it was, so every
 * approval is asked for again; what they said is kept under another name.
 */
const withJob = (
  { plannedBlob: _planned, jobRevision: revisionBefore, ...run }: RunRecord,
  { jobBlob, jobDigest, jobRevision, params, planDigest, plannedBlob }: ChangedJob,
): RunRecord => ({
  ...run,
  jobBlob,
  jobDigest,
  ...(jobRevision === undefined ? {} : { jobRevision }),
  params,
  ...(planDigest === undefined ? {} : { planDigest }),
  ...(plannedBlob === undefined ? {} : { plannedBlob }),
  ...(run.gates === undefined ? {} : { gates: run.gates.map(asPast) }),
  attempts: run.attempts.map((attempt) =>
    attempt.jobBlob === undefined
      ? {
          ...attempt,
          jobBlob: run.jobBlob,
          jobDigest: run.jobDigest,
          ...(revisionBefore === undefined ? {} : { jobRevision: revisionBefore }),
        }
      : attempt,
  ),
});

/** Gates that stay passed once they are, for the same plan. */
const lastingGates: ReadonlySet<GateRecord['kind']> = new Set(['start', 'round', 'judge']);

const asPast = (gate: GateRecord): GateRecord =>
  lastingGates.has(gate.kind) && !gate.gateId.includes('@')
    ? { ...gate, gateId: `${gate.gateId}@attempt${gate.attempt}` }
    : gate;
