import { currentAttempt, isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { readCandidates, resolveTargets } from '#functions/targets/resolve-targets.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type GateOpening, gateById, roundGate } from '#shared/gate/gates-of-run.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { approvalSchema } from '#shared/model/gate.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import { endsRun, type FrozenTargets, type GroupRecord, type RunRecord } from '#shared/model/run.ts';
import { narrowStages, selectNodes, selectsGroup } from '#shared/plan/selection.ts';
import { planStages } from '#shared/plan/stages.ts';
import { type Blobs, type Clock, type Inventory, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { decideStage, type StageDecision } from './decide.ts';
import { driftGate } from './drift.ts';
import { earlierTargets, keepTargets } from './earlier-targets.ts';
import { type GateVerdict, standAtGate } from './gates.ts';

/** What Next Stage needs. */
export interface NextStageDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> &
    Pick<PlanStore, 'getGroup' | 'createGroup' | 'listGroups' | 'listSlices' | 'setSoak' | 'updateGroup'>;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
}

/** A hold outlives its token: after 30 days it is only parked anew. */
const longestHoldSeconds = 2_592_000;

/**
 * What a group does next: run a stage, hold (paused, or at a gate), soak, or nothing more. The first call of an attempt freezes the group's targets;
 * a later attempt takes over those of the one before, so that rounds stay what they were.
 */
export const nextStage =
  (deps: NextStageDeps): TaskBehaviour<'nextStage'> =>
  async ({ runId, attempt, group: groupIndex }) => {
    const run = await requireRun(deps.store, runId);
    const now = nowIso(deps.clock);
    const failed: TaskOutput<'nextStage'> = { kind: 'failed', slices: [], until: now, holdSeconds: 1 };
    if (!isAttemptOpen(run, attempt)) return failed;
    const job = await deps.json.job(run);
    const group = requireGroup(job, groupIndex);
    const place = { run, job, group, groupIndex };
    const known = await deps.store.getGroup(runId, attempt, groupIndex);
    // A group that has begun decides for itself, also about an abort: it may have something under way.
    if (known) return goOn(deps, place, known);
    if (endsRun(run.control) || !(await groupBeforeIsDone(deps, run, job, groupIndex))) return failed;
    const record = await freeze(deps, place);
    if ('kind' in record) return record.kind === 'closed' ? failed : held(now, record.seconds);
    return goOn(deps, place, record);
  };

/** A group of a run. */
interface GroupPlace {
  readonly run: RunRecord;
  readonly job: Job;
  readonly group: Group;
  readonly groupIndex: number;
}

const held = (now: string, seconds: number): TaskOutput<'nextStage'> => ({
  kind: 'hold',
  slices: [],
  until: now,
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
  return { kind: 'failed', slices: [], until: now, holdSeconds: 1 };
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
    return { kind: 'failed', slices: [], until: now, holdSeconds: 1 };
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
  if (decision.kind !== 'run') return { kind: decision.kind, slices: [], until: now, holdSeconds: 1 };
  const onward: TaskOutput<'nextStage'> = { kind: 'run', slices: [...decision.slices], until: now, holdSeconds: 1 };
  if (!group.soak || !decision.soakFirst) return onward;
  const wanted = new Date(deps.clock.now() + parseDurationMs(group.soak)).toISOString();
  const until = await deps.store.setSoak(record, decision.stageIndex, wanted);
  return until > now ? { kind: 'soak', slices: [], until, holdSeconds: 1 } : onward;
};

/** Freezes the targets of a group; where the run needs approval, only once it is given, and for these targets. */
const freeze = async (
  deps: NextStageDeps,
  place: GroupPlace,
): Promise<GroupRecord | Exclude<GateVerdict, { readonly kind: 'passed' }>> => {
  const { run, job, group, groupIndex } = place;
  const attempt = currentAttempt(run);
  const { approval } = job.spec;
  if (approval !== undefined) {
    const verdict = await standAtGate(deps, run, startGate(run, job), approval);
    if (verdict.kind !== 'passed') return verdict;
  }
  const earlier = await earlierTargets(deps, place, () => readCandidates(deps, run.nodesBlob));
  const found = earlier === undefined ? await resolve(deps, run, job, group) : undefined;
  if (approval !== undefined && found !== undefined) {
    const selection = run.attempts.at(-1)?.selection ?? {};
    const nodeIds = selectNodes(selection, found.nodes).map(({ node }) => node.id);
    const drift = await driftGate(deps.json, run, approval, { groupIndex, groupName: group.name, nodeIds });
    const verdict = drift === undefined ? undefined : await standAtGate(deps, run, drift, approval);
    if (verdict !== undefined && verdict.kind !== 'passed') return verdict;
  }
  const { targetsBlob, nodeCount } =
    earlier ?? (await keepTargets(deps.blobs, run, found ?? { nodes: [], runners: {} }));
  deps.log.info('group.started', { runId: run.runId, attempt, group: group.name, nodes: nodeCount });
  return deps.store.createGroup({
    runId: run.runId,
    attempt,
    groupIndex,
    targetsBlob,
    nodeCount,
    tallies: {},
    stopped: false,
    status: 'running',
    soakUntil: {},
    startedAt: nowIso(deps.clock),
  });
};

/** Where a run waits for approval before anything starts. The drift gate is the same gate, for another plan. */
const startGate = (run: RunRecord, job: Job): GateOpening => {
  const known = gateById(run.gates, 'start');
  const digest = known?.digest ?? run.planDigest;
  return {
    gateId: 'start',
    attempt: currentAttempt(run),
    kind: 'start',
    message: job.spec.approval?.message ?? known?.message ?? `Start job '${run.jobName}'?`,
    ...(digest === undefined ? {} : { digest }),
  };
};

const resolve = async (deps: NextStageDeps, run: RunRecord, job: Job, group: Group): Promise<FrozenTargets> => {
  const candidates = await readCandidates(deps, run.nodesBlob);
  const { nodes, runners } = resolveTargets(job, group, candidates, {
    params: run.params,
    run: { id: run.runId, attempt: currentAttempt(run), job: run.jobName },
  });
  return { nodes, runners };
};

/** @throws AppError `record.missing` when the job has no such group. */
const requireGroup = (job: Job, index: number): Group => {
  const group = job.spec.groups[index];
  if (!group) throw new AppError('record.missing', `The job has no group ${index}`);
  return group;
};
