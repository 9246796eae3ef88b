import { currentAttempt, isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import { type JsonBlobs, putJson } from '#functions/records/json-blob.ts';
import { readCandidates, resolveTargets } from '#functions/targets/resolve-targets.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { parseSliceId, type RunId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import { endsRun, type GroupRecord, type RunRecord } from '#shared/model/run.ts';
import { narrowStages, selectsGroup } from '#shared/plan/selection.ts';
import { planStages } from '#shared/plan/stages.ts';
import { type Blobs, type Clock, type Inventory, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { decideStage, type StageDecision } from './decide.ts';

/** What Next Stage needs. */
export interface NextStageDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<PlanStore, 'getGroup' | 'createGroup' | 'listGroups' | 'listSlices' | 'setSoak' | 'updateGroup'>;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a group does next: run a stage, hold (paused), soak, or nothing more. The first call of an attempt freezes the group's targets;
 * a later attempt takes over those of the one before, so that rounds stay what they were.
 */
export const nextStage =
  (deps: NextStageDeps): TaskBehaviour<'nextStage'> =>
  async ({ runId, attempt, group: groupIndex }) => {
    const run = await requireRun(deps.store, runId);
    const now = nowIso(deps.clock);
    if (!isAttemptOpen(run, attempt)) return { kind: 'failed', slices: [], until: now };
    const job = await deps.json.job(run);
    const group = requireGroup(job, groupIndex);
    if (endsRun(run.control) || !(await groupBeforeIsDone(deps, run, job, groupIndex)))
      return { kind: 'failed', slices: [], until: now };
    const record =
      (await deps.store.getGroup(runId, attempt, groupIndex)) ?? (await freeze(deps, { run, job, group, groupIndex }));
    const slices = (await deps.store.listSlices(runId, attempt)).filter(
      (one) => parseSliceId(one.sliceId).groupIndex === groupIndex,
    );
    const selection = run.attempts.at(-1)?.selection ?? {};
    const decision = decideStage({
      attempt,
      groupIndex,
      control: run.control,
      stopped: record.stopped,
      stages: narrowStages(planStages(job, group, record.nodeCount), group, selection),
      slices,
    });
    const isOver = decision.kind === 'done' || decision.kind === 'failed';
    if (isOver && record.endedAt === undefined)
      await deps.store.updateGroup(record, { status: decision.kind === 'done' ? 'succeeded' : 'failed', endedAt: now });
    return soaked(deps, record, group, decision);
  };

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
  if (decision.kind !== 'run') return { kind: decision.kind, slices: [], until: now };
  const goOn: TaskOutput<'nextStage'> = { kind: 'run', slices: [...decision.slices], until: now };
  if (!group.soak || !decision.soakFirst) return goOn;
  const wanted = new Date(deps.clock.now() + parseDurationMs(group.soak)).toISOString();
  const until = await deps.store.setSoak(record, decision.stageIndex, wanted);
  return until > now ? { kind: 'soak', slices: [], until } : goOn;
};

const freeze = async (
  deps: NextStageDeps,
  {
    run,
    job,
    group,
    groupIndex,
  }: { readonly run: RunRecord; readonly job: Job; readonly group: Group; readonly groupIndex: number },
): Promise<GroupRecord> => {
  const attempt = currentAttempt(run);
  const earlier = await earlierTargets(deps, run.runId, groupIndex, attempt);
  const { targetsBlob, nodeCount } = earlier ?? (await resolveAndKeep(deps, run, job, group));
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

const earlierTargets = async (
  deps: NextStageDeps,
  runId: RunId,
  groupIndex: number,
  attempt: number,
): Promise<Pick<GroupRecord, 'targetsBlob' | 'nodeCount'> | undefined> => {
  if (attempt === 1) return undefined;
  const groups = await deps.store.listGroups(runId);
  return groups
    .filter((one) => one.groupIndex === groupIndex)
    .sort((a, b) => a.attempt - b.attempt)
    .at(-1);
};

const resolveAndKeep = async (
  deps: NextStageDeps,
  run: RunRecord,
  job: Job,
  group: Group,
): Promise<Pick<GroupRecord, 'targetsBlob' | 'nodeCount'>> => {
  const candidates = await readCandidates(deps, run.nodesBlob);
  const { nodes, runners } = resolveTargets(job, group, candidates, {
    params: run.params,
    run: { id: run.runId, attempt: currentAttempt(run), job: run.jobName },
  });
  const targetsBlob = await putJson(deps.blobs, `runs/${run.runId}/targets`, { nodes, runners });
  return { targetsBlob, nodeCount: nodes.length };
};

/** @throws AppError `record.missing` when the job has no such group. */
const requireGroup = (job: Job, index: number): Group => {
  const group = job.spec.groups[index];
  if (!group) throw new AppError('record.missing', `The job has no group ${index}`);
  return group;
};
