import type { Submission } from '#functions/api/services.ts';
import { type Abort, abortReplaced } from '#functions/records/ask-abort.ts';
import { isAttemptOpen } from '#functions/records/change-run.ts';
import { claimRequest } from '#functions/records/claim-request.ts';
import { putJson } from '#functions/records/json-blob.ts';
import { enterLine, leaveLine, type TurnDeps } from '#functions/records/turns.ts';
import {
  type CheckedRequest,
  checkRequest,
  type PlanPreviewDeps,
  readRequest,
} from '#functions/targets/check-request.ts';
import { plannedTargets } from '#functions/targets/planned-targets.ts';
import type { RunRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { jobDigest } from '#shared/job/job-digest.ts';
import { toRunJob } from '#shared/library/run-job.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { type Blobs, type Clock, type Engine, type Ids, type Log, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { turnUnder } from '#shared/schedule/decide.ts';

/** What starting a run needs. */
export interface SubmitRunDeps extends PlanPreviewDeps, TurnDeps {
  readonly store: PlanPreviewDeps['store'] &
    TurnDeps['store'] &
    Pick<RunStore, 'create' | 'get' | 'claimKey' | 'noteOpen'>;
  readonly blobs: Blobs;
  readonly engine: Pick<Engine, 'start'>;
  /** Asks a run to abort whose place this one takes. */
  readonly abort: Abort;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Starts a run. Everything that can be refused is refused before the run is written. Under an idempotency key the same request starts one
 * run, however often and from however many places it comes: the key names the run before the run is written. A request that is wrong in
 * itself does not use up its key. A job that limits how many of its runs go on at once puts the run in line here, so that runs come in the order
 * of their requests; one that may not even wait is refused, or recorded as rejected. A request may name the plan that was seen: then it starts that or nothing.
 * @throws AppError as `checkRequest`, `plan.changed`, `idempotency.mismatch` when the key was used for another request, and `lock.held`
 */
export const submitRun =
  (deps: SubmitRunDeps) =>
  async (submission: Submission): Promise<{ readonly runId: RunId; readonly created: boolean }> => {
    const runId = await claimRunId(deps, submission);
    const known = await deps.store.get(runId);
    if (known) {
      // The first request may have died between writing the run and starting it; starting is idempotent.
      if (known.status === 'queued') await deps.engine.start(runId, known.attempts.length);
      return { runId, created: false };
    }
    const checked = await checkRequest(deps, submission.request);
    requireSeenPlan(submission.request, checked.plan);
    const run = await newRun(deps, submission, runId, checked);
    const line = await enterLine(deps, run);
    if (line.kind === 'entered') await deps.store.noteOpen({ runId, attempt: 1 });
    const created = await deps.store.create(line.kind === 'rejected' ? rejected(run, line.reason) : run);
    if (!created) await leaveLineIfOver(deps, run);
    if (line.kind === 'rejected') {
      deps.log.info('run.rejected', { runId, actor: submission.actor });
      return { runId, created };
    }
    await deps.engine.start(runId, 1);
    await abortReplaced(deps.abort, line.replaced, { runId, actor: submission.actor });
    if (created) deps.log.info('run.submitted', { runId, actor: submission.actor, nodes: checked.plan.totals.nodes });
    return { runId, created };
  };

/**
 * Refuses a request whose plan is no longer the one that was seen.
 * @throws AppError `plan.changed`
 */
const requireSeenPlan = ({ planDigest }: RunRequest, { digest }: Pick<RunPlan, 'digest'>): void => {
  if (planDigest === undefined || digest.startsWith(planDigest)) return;
  throw new AppError('plan.changed', `The plan was ${planDigest.slice(0, 12)} and is ${digest.slice(0, 12)} by now`, {
    hint: 'Nothing was started. Look at the plan as it is now, and start it with its digest, under a key of its own.',
  });
};

/** A request that was held up may get in line after the run that another delivery of it has started is over. Nobody would give that back. */
const leaveLineIfOver = async (deps: SubmitRunDeps, run: RunRecord): Promise<void> => {
  const { runId } = run;
  const now = await deps.store.get(runId);
  if (now !== undefined && !isAttemptOpen(now, 1)) await leaveLine(deps, run, { runId, attempt: 1 });
};

/** A run that may not go on and does not wait: on record, and over. */
const rejected = (run: RunRecord, reason: string): RunRecord => {
  const end = { status: 'rejected', endedAt: run.createdAt, reason } as const;
  return { ...run, ...end, attempts: run.attempts.map((one) => ({ ...one, ...end })) };
};

const claimRunId = async (
  deps: SubmitRunDeps,
  { request, actor, idempotencyKey, ...wish }: Submission,
): Promise<RunId> => {
  const runId = wish.runId ?? deps.ids.runId();
  if (idempotencyKey === undefined) return runId;
  readRequest(request);
  return (await claimRequest(deps.store, { principal: actor, key: idempotencyKey, request, runId })).runId;
};

const newRun = async (
  deps: SubmitRunDeps,
  { request, actor, turn: wish }: Submission,
  runId: RunId,
  { job, commands, sets, revision, params, plan, turn: own }: CheckedRequest,
): Promise<RunRecord> => {
  const at = nowIso(deps.clock);
  const turn = turnUnder(own, wish);
  const jobBlob = await putJson(deps.blobs, 'jobs', toRunJob(job, commands, sets));
  const plannedBlob =
    job.spec.approval && (await putJson(deps.blobs, `runs/${runId}/planned`, plannedTargets(job, plan)));
  const nodesBlob = request.nodes && (await putJson(deps.blobs, `runs/${runId}/nodes`, request.nodes));
  return {
    runId,
    jobName: job.metadata.name,
    jobBlob,
    jobDigest: jobDigest(job),
    ...(revision === undefined ? {} : { jobRevision: revision }),
    params,
    ...(turn === undefined ? {} : { turn }),
    ...(nodesBlob === undefined ? {} : { nodesBlob }),
    ...(plannedBlob === undefined ? {} : { plannedBlob }),
    planDigest: plan.digest,
    actor,
    ...(request.context === undefined ? {} : { context: request.context }),
    status: 'queued',
    control: 'go',
    attempts: [{ attempt: 1, selection: { mode: 'all', ...request.only }, status: 'queued', actor, createdAt: at }],
    createdAt: at,
    version: 1,
  };
};
