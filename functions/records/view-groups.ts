import pMap from 'p-map';
import type { GroupView, PhaseView, SliceView } from '#shared/contract/run-views.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import { endsRun, type GroupRecord, type RunRecord, type SliceRecord } from '#shared/model/run.ts';
import {
  addCounts,
  isTerminalRunStatus,
  nodeStatuses,
  type PhaseStatus,
  type StatusCounts,
  totalCount,
} from '#shared/model/status.ts';
import { addStops } from '#shared/model/stop.ts';
import { planStages } from '#shared/plan/stages.ts';
import { countedStatus, groupStatus, phaseStatus, sliceStatus } from '#shared/plan/statuses.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import { type JobHistory, type JobPlace, keyOfSlice, partName } from './job-history.ts';

/** Slices whose live progress is read at once. */
const readWidth = 8;

/** What viewing groups needs. */
export interface ViewGroupsDeps {
  readonly store: Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
}

/** Groups, phases and slices of a run as they stand, over all its attempts. Reads counts only, whatever the number of nodes. */
export const viewGroups = async (
  deps: ViewGroupsDeps,
  run: RunRecord,
  jobs: JobHistory,
): Promise<readonly GroupView[]> => {
  const [records, slices] = await Promise.all([deps.store.listGroups(run.runId), deps.store.listSlices(run.runId)]);
  const live = await pMap(slices, (slice) => withLiveCounts(deps, run, slice), { concurrency: readWidth });
  return jobs.current.spec.groups.map((group, index) =>
    viewGroup({
      run,
      job: jobs.current,
      group,
      record: latestRecord(records, jobs, group),
      slices: live.flatMap((slice) => {
        const place = jobs.now(keyOfSlice(slice));
        return place?.groupIndex === index ? [{ slice, place }] : [];
      }),
    }),
  );
};

/** What one attempt did: the groups and phases that it came to, as its job had them, and what became of the nodes there. */
export const viewAttempt = async (
  deps: ViewGroupsDeps,
  run: RunRecord,
  jobs: JobHistory,
  attempt: number,
): Promise<readonly GroupView[]> => {
  const [records, slices] = await Promise.all([
    deps.store.listGroups(run.runId),
    deps.store.listSlices(run.runId, attempt),
  ]);
  const live = await pMap(slices, (slice) => withLiveCounts(deps, run, slice), { concurrency: readWidth });
  const job = jobs.at(attempt);
  return job.spec.groups.flatMap((group, index) => {
    const mine = live.flatMap((slice) => {
      const key = keyOfSlice(slice);
      const place = jobs.own(key);
      // What the first pass took over was done by attempts before.
      return place?.groupIndex === index ? [{ slice: key.pass === 0 ? { ...slice, replaces: {} } : slice, place }] : [];
    });
    const record = records.find((one) => one.attempt === attempt && one.groupIndex === index);
    if (mine.length === 0) return [];
    const view = viewGroup({ run, job, group, record, slices: mine });
    const phases = view.phases.filter((phase) => phase.slices.length > 0);
    return [{ ...view, phases: phases.map((phase) => ({ ...phase, nodeCount: totalCount(phase.counts) })) }];
  });
};

const latestRecord = (records: readonly GroupRecord[], jobs: JobHistory, group: Group): GroupRecord | undefined =>
  records
    .filter((one) => jobs.at(one.attempt).spec.groups[one.groupIndex]?.name === group.name)
    .sort((a, b) => a.attempt - b.attempt)
    .at(-1);

const withLiveCounts = async (deps: ViewGroupsDeps, run: RunRecord, slice: SliceRecord): Promise<SliceRecord> => {
  if (slice.closedAt !== undefined) return slice;
  const progress = await deps.store.listProgress(slice.runId, slice.sliceId);
  const counts = addCounts(progress.map((one) => one.counts));
  const stops = addStops(progress.map((one) => one.stops));
  if (isUnderWay(run, slice)) return { ...slice, counts, stops };
  const { running = 0, pending = 0, ...ended } = counts;
  const left = running + pending === 0 ? ended : { ...ended, pending: running + pending };
  return { ...slice, counts: left, stops, status: sliceStatus(left, { stopped: true }) };
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
  readonly slices: readonly PlacedSlice[];
}

/** A slice, and where its phase stands in the job that is shown. */
interface PlacedSlice {
  readonly slice: SliceRecord;
  readonly place: JobPlace;
}

const viewGroup = (state: GroupState): GroupView => {
  const { group, record, job } = state;
  const phases = group.phases.map((_, index) => viewPhase(state, index));
  const rounds =
    record && group.strategy === 'grayScale' ? (planStages(job, group, record.nodeCount).at(-1)?.rounds ?? 0) : 0;
  const groupStopped = record?.stopReason !== undefined;
  const status = groupStatus(
    phases.map((phase, index) =>
      countedStatus(phase.status, { judges: group.phases[index]?.judge !== undefined, groupStopped }),
    ),
  );
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
  const placed = state.slices.filter(({ place }) => place.phaseIndex === phaseIndex);
  const slices = placed.map(({ slice }) => slice);
  const expected = record
    ? planStages(job, group, record.nodeCount).filter((stage) =>
        stage.slices.some((one) => one.phaseIndex === phaseIndex),
      ).length
    : 1;
  const parts = Map.groupBy(placed, ({ place, slice }) => partName(place, slice));
  const stopped = (record?.stopped ?? false) || endsRun(run.control) || isTerminalRunStatus(run.status);
  const counts = netCounts(slices);
  return {
    name: phase?.name ?? '',
    on: phase?.on ?? 'target',
    operations: phase?.operations.map((operation) => operation.id) ?? [],
    status: phaseStatus(
      [...parts.values()].map((one) =>
        partStatus(
          run,
          one.map(({ slice }) => slice),
        ),
      ),
      { expected, stopped: stopped && record !== undefined },
    ),
    nodeCount: phase?.on === 'runner' ? 1 : Math.max(record?.nodeCount ?? 0, totalCount(counts)),
    counts,
    slices: slices.map(viewSlice),
  };
};

/** Status of one round of a phase, over its attempts and passes. */
const partStatus = (run: RunRecord, slices: readonly SliceRecord[]): PhaseStatus =>
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

/** What is known of the nodes of slices that were stopped; nothing when none was. */
export const stopsIn = (slices: readonly Pick<SliceView, 'stops'>[]): Pick<SliceView, 'stops'> => {
  const stops = addStops(slices.map((one) => one.stops));
  return Object.keys(stops).length === 0 ? {} : { stops };
};

const viewSlice = (slice: SliceRecord): SliceView => ({
  round: slice.round,
  rounds: slice.rounds,
  status: slice.status,
  attempt: parseSliceId(slice.sliceId).attempt,
  nodeCount: slice.nodeCount,
  counts: slice.counts,
  ...stopsIn([slice]),
  openedAt: slice.openedAt,
  ...(slice.closedAt === undefined ? {} : { closedAt: slice.closedAt }),
});
