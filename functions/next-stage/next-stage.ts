import { currentAttempt, isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import { keepTurn } from '#functions/records/turns.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { roundGate } from '#shared/gate/gates-of-run.ts';
import { lockTimes } from '#shared/lock/times.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { approvalSchema } from '#shared/model/gate.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import { endsRun, type GroupRecord, type RunRecord } from '#shared/model/run.ts';
import { narrowStages, selectsGroup } from '#shared/plan/selection.ts';
import { planStages } from '#shared/plan/stages.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { decideStage, type StageDecision } from './decide.ts';
import { type FreezeDeps, freeze, type GroupPlace } from './freeze.ts';
import { type GateVerdict, standAtGate } from './gates.ts';
import { type TakeTurnDeps, takeTurn } from './take-turn.ts';

/** What Next Stage needs. */
export interface NextStageDeps extends TakeTurnDeps, FreezeDeps {
  readonly store: TakeTurnDeps['store'] &
    FreezeDeps['store'] &
    Pick<PlanStore, 'getGroup' | 'createGroup' | 'listGroups' | 'listSlices' | 'setSoak' | 'updateGroup'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A hold outlives its token: after 30 days it is only parked anew. */
const longestHoldSeconds = 2_592_000;

/**
 * What a group does next: wait for the run's turn, run a stage, hold (paused, or at a gate), soak, or nothing more. The first call of an attempt
 * freezes the group's targets; a later attempt takes over those of the one before, so that rounds stay what they were.
 */
export const nextStage =
  (deps: NextStageDeps): TaskBehaviour<'nextStage'> =>
  async ({ runId, attempt, group: groupIndex }) => {
    const run = await requireRun(deps.store, runId);
    const now = nowIso(deps.clock);
    if (!isAttemptOpen(run, attempt)) return step('failed', now);
    const job = await deps.json.job(run);
    const group = requireGroup(job, groupIndex);
    const place = { run, job, group, groupIndex };
    const known = await deps.store.getGroup(runId, attempt, groupIndex);
    // A group that has begun decides for itself, also about an abort: it may have something under way.
    if (known && endsRun(run.control)) return goOn(deps, place, known);
    if (!known && !(await mayBegin(deps, place))) return step('failed', now);
    return inTurn(deps, place, known);
  };

/** A group begins unless the run is being aborted, and once the group before it said done. */
const mayBegin = async (deps: NextStageDeps, { run, job, groupIndex }: GroupPlace): Promise<boolean> =>
  !endsRun(run.control) && (await groupBeforeIsDone(deps, run, job, groupIndex));

/** What a group does when it is its run's turn. */
const inTurn = async (
  deps: NextStageDeps,
  place: GroupPlace,
  known: GroupRecord | undefined,
): Promise<TaskOutput<'nextStage'>> => {
  const { run } = place;
  const now = nowIso(deps.clock);
  const turn = await takeTurn(deps, run);
  if (turn.kind === 'replaced' || turn.kind === 'over') return step('failed', now);
  if (turn.kind === 'wait') return (await leftUnderWay(deps, place)) ?? { ...step('wait', now), look: turn.look };
  const record = known ?? (await freeze(deps, place));
  if ('kind' in record) return record.kind === 'closed' ? step('failed', now) : held(now, record.seconds);
  const next = await goOn(deps, place, record);
  if (next.kind === 'soak')
    await keepTurn(deps, run, Math.max(0, Date.parse(next.until) - deps.clock.now()) + lockTimes.stepMs);
  return next;
};

/**
 * What the group has under way although its run is not at its turn: the turn was taken away, and the execution died before its batches came to
 * their end. They go on first, finish what they have sent, and send nothing more. They may have leases that whoever has the turn waits for.
 */
const leftUnderWay = async (
  deps: NextStageDeps,
  { run, groupIndex }: GroupPlace,
): Promise<TaskOutput<'nextStage'> | undefined> => {
  const slices = (await deps.store.listSlices(run.runId, currentAttempt(run))).filter(
    (one) => parseSliceId(one.sliceId).groupIndex === groupIndex && one.closedAt === undefined,
  );
  if (slices.length === 0) return undefined;
  return { ...step('run', nowIso(deps.clock)), slices: slices.map(({ sliceId }) => sliceId) };
};

/** An answer without slices and without a wait. */
const step = (kind: TaskOutput<'nextStage'>['kind'], until: string): TaskOutput<'nextStage'> => ({
  kind,
  slices: [],
  until,
  holdSeconds: 1,
  look: 1,
});

const held = (now: string, seconds: number): TaskOutput<'nextStage'> => ({
  ...step('hold', now),
  holdSeconds: Math.min(longestHoldSeconds, seconds),
});

const goOn = async (deps: NextStageDeps, place: GroupPlace, record: GroupRecord): Promise<TaskOutput<'nextStage'>> => {
  const { run, job, group, groupIndex } = place;
  const attempt = currentAttempt(run);
  const slices = (await deps.store.listSlices(run.runId, attempt)).filter(
    (one) => parseSliceId(one.sliceId).groupIndex === groupIndex,
  );
  const selection = run.attempts.at(-1)?.selection ?? {};
  const stages = narrowStages(planStages(job, group, record.nodeCount), group, selection);
  const decision = decideStage({
    attempt,
    groupIndex,
    control: run.control,
    stopped: record.stopped,
    stages,
    slices,
    judges: group.phases.map(({ judge }) => judge),
    passed: new Set((run.gates ?? []).flatMap((gate) => (gate.status === 'approved' ? [gate.gateId] : []))),
  });
  const isOver = decision.kind === 'done' || decision.kind === 'failed';
  if (isOver && record.endedAt === undefined)
    await deps.store.updateGroup(record, {
      status: decision.kind === 'done' ? 'succeeded' : 'failed',
      endedAt: nowIso(deps.clock),
    });
  if (decision.kind === 'judged') return judged(deps, place, record, decision);
  const soaking = await soaked(deps, record, group, decision);
  if (soaking.kind !== 'run' || decision.kind !== 'run' || !decision.newRound) return soaking;
  const stage = stages.find((one) => one.stageIndex === decision.stageIndex);
  const opening = stage && roundGate(group, stage, { attempt, groupIndex });
  if (opening === undefined || group.approval === undefined) return soaking;
  return throughGate(deps, record, await standAtGate(deps, run, opening, group.approval), soaking);
};

/** Goes on, waits, or stops the group for good, as a gate says. */
const throughGate = async (
  deps: NextStageDeps,
  record: GroupRecord,
  verdict: GateVerdict,
  onward: TaskOutput<'nextStage'>,
): Promise<TaskOutput<'nextStage'>> => {
  if (verdict.kind === 'passed') return onward;
  const now = nowIso(deps.clock);
  if (verdict.kind === 'waiting') return held(now, verdict.seconds);
  await stopGroup(deps, record, verdict.reason);
  return step('failed', now);
};

const stopGroup = (deps: NextStageDeps, record: GroupRecord, reason: string): Promise<GroupRecord> =>
  deps.store.updateGroup(record, {
    stopped: true,
    stopReason: reason,
    status: 'failed',
    endedAt: nowIso(deps.clock),
  });

/** A phase that judges a round has failed: the group stops, or waits for somebody who decides. */
const judged = async (
  deps: NextStageDeps,
  { run, group }: GroupPlace,
  record: GroupRecord,
  { judge, gateId, stage }: StageDecision & { readonly kind: 'judged' },
): Promise<TaskOutput<'nextStage'>> => {
  const names = stage.slices.map(({ phaseIndex }) => `'${group.phases[phaseIndex]?.name}'`).join(', ');
  const message = `Phase ${names} says that round ${stage.round} of ${stage.rounds} is not well`;
  const now = nowIso(deps.clock);
  if (judge === 'stop') {
    await stopGroup(deps, record, `${message}.`);
    return step('failed', now);
  }
  const approval = group.approval ?? judgeApproval;
  const opening = { gateId, attempt: currentAttempt(run), kind: 'judge', message: `${message}: go on?` } as const;
  const verdict = await standAtGate(deps, run, opening, approval);
  // Passed between the decision and here: decide again.
  return throughGate(deps, record, verdict, held(now, 1));
};

/** Who may decide on a round that is not well, when the group does not say. */
const judgeApproval = approvalSchema.parse({});

/** That groups come one after another is a fact of the ledger, not of the engine: a group goes on only once the one before it said done. */
const groupBeforeIsDone = async (
  deps: NextStageDeps,
  run: RunRecord,
  job: Job,
  groupIndex: number,
): Promise<boolean> => {
  const selection = run.attempts.at(-1)?.selection ?? {};
  const before = job.spec.groups.findLastIndex((group, index) => index < groupIndex && selectsGroup(selection, group));
  if (before < 0) return true;
  const record = await deps.store.getGroup(run.runId, currentAttempt(run), before);
  return record?.status === 'succeeded';
};

/** A stage that begins a later round waits until the soak is over; the end of the soak is fixed when it is first asked for. */
const soaked = async (
  deps: NextStageDeps,
  record: GroupRecord,
  group: Group,
  decision: StageDecision,
): Promise<TaskOutput<'nextStage'>> => {
  const now = nowIso(deps.clock);
  if (decision.kind === 'hold' || decision.kind === 'judged') return held(now, longestHoldSeconds);
  if (decision.kind !== 'run') return step(decision.kind, now);
  const onward: TaskOutput<'nextStage'> = { ...step('run', now), slices: [...decision.slices] };
  if (!group.soak || !decision.soakFirst) return onward;
  const wanted = new Date(deps.clock.now() + parseDurationMs(group.soak)).toISOString();
  const until = await deps.store.setSoak(record, decision.stageIndex, wanted);
  return until > now ? step('soak', until) : onward;
};

/** @throws AppError `record.missing` when the job has no such group. */
const requireGroup = (job: Job, index: number): Group => {
  const group = job.spec.groups[index];
  if (!group) throw new AppError('record.missing', `The job has no group ${index}`);
  return group;
};
