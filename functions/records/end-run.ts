import type { GroupView } from '#shared/contract/run-views.ts';
import { gateAt } from '#shared/gate/gates-of-run.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { Job } from '#shared/model/job.ts';
import { endsRun, type RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus, type PhaseStatus, type RunStatus } from '#shared/model/status.ts';
import { selectsGroup, selectsPhase } from '#shared/plan/selection.ts';
import { countedStatus, runStatus } from '#shared/plan/statuses.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskInput } from '#shared/workflow/task-registry.ts';
import { changeRun, currentAttempt, isAttemptOpen, withLastAttempt } from './change-run.ts';
import { type EndPermitDeps, endPermit } from './end-permit.ts';
import { type EndedRunDeps, keepEndedRun } from './ended-run.ts';
import { readJobHistory } from './job-history.ts';
import type { JsonBlobs } from './json-blob.ts';
import { endTurn, type TurnDeps, type WakeRunsDeps } from './turns.ts';
import { viewGroups } from './view-groups.ts';

/** What ending a run needs. */
export interface EndRunDeps extends EndPermitDeps, TurnDeps, WakeRunsDeps, EndedRunDeps {
  readonly store: EndPermitDeps['store'] &
    TurnDeps['store'] &
    EndedRunDeps['store'] &
    Pick<LockStore, 'listPermits' | 'forgetPermitUser'> &
    Pick<RunStore, 'get' | 'replace'> &
    Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
  readonly json: JsonBlobs;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Gives an attempt its end: the run's final status, from the ledger and from what ended the groups early, and everything that it held to others.
 * Of an attempt that has ended it releases what is left. Returns the run's status afterwards.
 */
export const endRun = async (
  deps: EndRunDeps,
  { runId, attempt, error }: TaskInput<'finishRun'>,
): Promise<RunRecord['status']> => {
  const run = await deps.store.get(runId);
  if (!run || !isAttemptOpen(run, attempt)) {
    if (run) {
      await leaveAll(deps, run, attempt);
      if (currentAttempt(run) === attempt) await keepEndedRun(deps, run);
    }
    return run?.status ?? 'failed';
  }
  const jobs = await readJobHistory(deps.json, run);
  const statuses = finalStatuses(run, jobs.current, await viewGroups(deps, run, jobs));
  const broken = error.Error !== '' && error.Error !== 'group.failed' ? reasonOf(error) : undefined;
  const at = nowIso(deps.clock);
  const finished = await changeRun(deps.store, runId, (one) =>
    isAttemptOpen(one, attempt) ? ended(one, { statuses, broken, at }) : undefined,
  );
  deps.log.info('run.finished', { runId, attempt, status: finished.status });
  await leaveAll(deps, finished, attempt);
  await keepEndedRun(deps, finished);
  return finished.status;
};

interface End {
  readonly statuses: readonly PhaseStatus[];
  readonly broken: string | undefined;
  readonly at: string;
}

/** The run at its end. What was said of a pause is over with it; why it was aborted, or refused at a gate, is not. */
const ended = ({ reason: said, ...run }: RunRecord, { statuses, broken, at }: End): RunRecord => {
  const refused = broken === undefined ? refusedGate(run, at) : undefined;
  const found = terminal(runStatus(statuses, { aborted: endsRun(run.control), broken: broken !== undefined }));
  const status = found === 'failed' && refused !== undefined ? 'rejected' : found;
  const reason = broken ?? (endsRun(run.control) ? said : refused);
  const why = reason === undefined ? {} : { reason };
  return {
    ...run,
    ...(run.gates === undefined ? {} : { gates: closedGates(run.gates, at) }),
    status,
    endedAt: at,
    ...why,
    attempts: withLastAttempt(run, { status, endedAt: at, ...why }),
  };
};

/** Whatever an attempt still has of permits and turns is for others now. It is the last thing that it does, so a repeat finds it done or does it. */
const leaveAll = async (deps: EndRunDeps, run: RunRecord, attempt: number): Promise<void> => {
  if (currentAttempt(run) === attempt) await endPermits(deps, run);
  await endTurn(deps, run, { runId: run.runId, attempt });
};

const endPermits = async (deps: EndRunDeps, { runId }: RunRecord): Promise<void> => {
  const permits = await deps.store.listPermits(runId);
  if (permits.length === 0) return;
  for (const permit of permits) if (permit.state !== 'ended') await endPermit(deps, permit);
  await deps.store.forgetPermitUser(runId);
};

/** Statuses of the phases that this attempt wanted, and of those that any attempt touched. */
const finalStatuses = (run: RunRecord, job: Job, groups: readonly GroupView[]): readonly PhaseStatus[] => {
  const selection = run.attempts.at(-1)?.selection ?? {};
  return groups.flatMap((view, index) => {
    const group = job.spec.groups[index];
    const wantsGroup = group !== undefined && selectsGroup(selection, group);
    return view.phases.flatMap((phase, phaseIndex) =>
      (wantsGroup && selectsPhase(selection, phase)) || phase.slices.length > 0
        ? [
            countedStatus(phase.status, {
              judges: group?.phases[phaseIndex]?.judge !== undefined,
              groupStopped: view.stopReason !== undefined,
            }),
          ]
        : [],
    );
  });
};

/** Gates are over with the run. */
const closedGates = (gates: readonly GateRecord[], at: string): GateRecord[] =>
  gates.map((gate) => (gate.status === 'open' ? { ...gate, status: 'expired', decidedAt: at } : gate));

/** Why a gate of the last attempt let nobody through. */
const refusedGate = (run: Omit<RunRecord, 'reason'>, at: string): string | undefined => {
  const gate = (run.gates ?? [])
    .filter(
      ({ attempt, kind }) =>
        attempt === currentAttempt(run) && (kind === 'start' || kind === 'round' || kind === 'judge'),
    )
    .map((one) => gateAt(one, at))
    .find(({ status }) => status === 'rejected' || status === 'expired');
  if (gate === undefined) return undefined;
  const no = gate.votes.find(({ decision }) => decision === 'reject');
  if (no === undefined) return `Nobody decided in time: ${gate.message}`;
  return `Rejected by ${no.actor}${no.comment === undefined ? '' : `: ${no.comment}`}`;
};

/** An execution that ends leaves nothing under way: what was not reached counts as failed. */
const terminal = (status: RunStatus): RunStatus => (isTerminalRunStatus(status) ? status : 'failed');

/** Step Functions hands a function's error over as JSON text; what a person needs of it is the message. */
const reasonOf = (error: { readonly Error: string; readonly Cause?: string | undefined }): string => {
  const message = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(error.Cause ?? '')?.[1];
  return `${error.Error}: ${message === undefined ? (error.Cause ?? '') : String(JSON.parse(message))}`.slice(0, 1024);
};
