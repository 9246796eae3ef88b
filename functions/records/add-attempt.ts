import { AppError } from '#shared/errors/app-error.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { ParamValues } from '#shared/model/job.ts';
import type { RunRecord, Selection } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { type Engine, type Log, nowIso } from '#shared/ports/services.ts';
import { changeRun, currentAttempt, requireRun } from './change-run.ts';
import { hasOpenMarks, type SettleMarksDeps, settleMarks } from './settle-marks.ts';

/** What adding an attempt needs. */
export interface AddAttemptDeps extends SettleMarksDeps {
  readonly engine: Pick<Engine, 'start'>;
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

const refuseIfUnderWay = ({ runId, status }: RunRecord): void => {
  if (isTerminalRunStatus(status)) return;
  throw new AppError('run.conflict', `Run ${runId} is ${status}: only a run at its end can be continued`, {
    hint:
      status === 'paused' ? `Resume it with: drover run resume ${runId}` : `Follow it with: drover run watch ${runId}`,
  });
};

/**
 * Adds an attempt to a run and starts it. `before` is the run that was decided on: when it has changed since, nothing is added.
 * @throws AppError `run.conflict`
 */
export const addAttempt = async (
  deps: AddAttemptDeps,
  before: RunRecord,
  { selection, actor, job }: NewAttempt,
): Promise<RunRecord> => {
  const { runId } = before;
  const run = await changeRun(deps.store, runId, (one) => {
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
      createdAt: nowIso(deps.clock),
    } as const;
    return { ...kept, status: 'queued', control: 'go', attempts: [...kept.attempts, attempt] };
  });
  await deps.engine.start(runId, run.attempts.length);
  deps.log.info('run.continued', { runId, attempt: run.attempts.length, mode: selection.mode, actor });
  return run;
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
