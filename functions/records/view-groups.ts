import pMap from 'p-map';
import type { GroupView, PhaseView, SliceView } from '#shared/contract/run-views.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import type { GroupRecord, RunRecord, SliceRecord } from '#shared/model/run.ts';
import {
  addCounts,
  isTerminalRunStatus,
  nodeStatuses,
  type PhaseStatus,
  type StatusCounts,
  totalCount,
} from '#shared/model/status.ts';
import { planStages } from '#shared/plan/stages.ts';
import { groupStatus, phaseStatus, sliceStatus } from '#shared/plan/statuses.ts';
import type { PlanStore } from '#shared/ports/store.ts';

/** Slices whose live progress is read at once. */
const readWidth = 8;

/** What viewing groups needs. */
export interface ViewGroupsDeps {
  readonly store: Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
}

/** Groups, phases and slices of a run as they stand, over all its attempts. Reads counts only, whatever the number of nodes. */
export const viewGroups = async (deps: ViewGroupsDeps, run: RunRecord, job: Job): Promise<readonly GroupView[]> => {
  const [records, slices] = await Promise.all([deps.store.listGroups(run.runId), deps.store.listSlices(run.runId)]);
  const live = await pMap(slices, (slice) => withLiveCounts(deps, run, slice), { concurrency: readWidth });
  return job.spec.groups.map((group, index) => {
    const record = records
      .filter((one) => one.groupIndex === index)
      .sort((a, b) => a.attempt - b.attempt)
      .at(-1);
    return viewGroup({
      run,
      job,
      group,
      record,
      slices: live.filter((one) => parseSliceId(one.sliceId).groupIndex === index),
    });
  });
};

const withLiveCounts = async (deps: ViewGroupsDeps, run: RunRecord, slice: SliceRecord): Promise<SliceRecord> => {
  if (slice.closedAt !== undefined) return slice;
  const progress = await deps.store.listProgress(slice.runId, slice.sliceId);
  const counts = addCounts(progress.map((one) => one.counts));
  if (isUnderWay(run, slice)) return { ...slice, counts };
  const { running = 0, pending = 0, ...ended } = counts;
  const left = running + pending === 0 ? ended : { ...ended, pending: running + pending };
  return { ...slice, counts: left, status: sliceStatus(left, { stopped: true }) };
};

/** An execution that broke leaves slices open; once its attempt is over, nothing in them is under way. */
const isUnderWay = (run: RunRecord, slice: SliceRecord): boolean =>
  slice.closedAt === undefined &&
  parseSliceId(slice.sliceId).attempt === run.attempts.length &&
  !isTerminalRunStatus(run.status);

interface GroupState {
  readonly run: RunRecord;
  readonly job: Job;
  readonly group: Group;
  readonly record: GroupRecord | undefined;
  readonly slices: readonly SliceRecord[];
}

const viewGroup = (state: GroupState): GroupView => {
  const { group, record, job } = state;
  const phases = group.phases.map((_, index) => viewPhase(state, index));
  const rounds =
    record && group.strategy === 'grayScale' ? (planStages(job, group, record.nodeCount).at(-1)?.rounds ?? 0) : 0;
  const status = groupStatus(phases.map((phase) => phase.status));
  return {
    name: group.name,
    strategy: group.strategy,
    status,
    nodeCount: record?.nodeCount ?? 0,
    rounds,
    ...(record?.stopReason === undefined ? {} : { stopReason: record.stopReason }),
    phases,
  };
};

const viewPhase = (state: GroupState, phaseIndex: number): PhaseView => {
  const { run, job, group, record } = state;
  const phase = group.phases[phaseIndex];
  const slices = state.slices.filter((one) => parseSliceId(one.sliceId).phaseIndex === phaseIndex);
  const expected = record
    ? planStages(job, group, record.nodeCount).filter((stage) =>
        stage.slices.some((one) => one.phaseIndex === phaseIndex),
      ).length
    : 1;
  const byStage = Map.groupBy(slices, (one) => parseSliceId(one.sliceId).stageIndex);
  const stopped = (record?.stopped ?? false) || run.control === 'abort' || isTerminalRunStatus(run.status);
  const counts = netCounts(slices);
  return {
    name: phase?.name ?? '',
    on: phase?.on ?? 'target',
    operations: phase?.operations.map((operation) => operation.id) ?? [],
    status: phaseStatus(
      [...byStage.values()].map((one) => stageStatus(run, one)),
      { expected, stopped: stopped && record !== undefined },
    ),
    nodeCount: phase?.on === 'runner' ? 1 : Math.max(record?.nodeCount ?? 0, totalCount(counts)),
    counts,
    slices: slices.map(viewSlice),
  };
};

/** Status of one stage of a phase, over its attempts and passes. */
const stageStatus = (run: RunRecord, slices: readonly SliceRecord[]): PhaseStatus =>
  slices.some((one) => isUnderWay(run, one)) ? 'running' : sliceStatus(netCounts(slices), { stopped: true });

/** Counts over attempts: a slice that took nodes over from earlier ones takes their earlier statuses back. */
const netCounts = (slices: readonly SliceRecord[]): StatusCounts => {
  const sum = addCounts(slices.map((one) => one.counts));
  const replaced = addCounts(slices.map((one) => one.replaces));
  return Object.fromEntries(
    nodeStatuses.flatMap((status) => {
      const n = (sum[status] ?? 0) - (replaced[status] ?? 0);
      return n > 0 ? [[status, n]] : [];
    }),
  );
};

const viewSlice = (slice: SliceRecord): SliceView => ({
  round: slice.round,
  rounds: slice.rounds,
  status: slice.status,
  attempt: parseSliceId(slice.sliceId).attempt,
  nodeCount: slice.nodeCount,
  counts: slice.counts,
  openedAt: slice.openedAt,
  ...(slice.closedAt === undefined ? {} : { closedAt: slice.closedAt }),
});
