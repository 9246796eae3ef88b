import { isAttemptOpen, requireAttempt } from '#functions/records/change-run.ts';
import {
  isLaterSlice,
  type JobHistory,
  type JobPlace,
  keyOfSlice,
  partName,
  readJobHistory,
} from '#functions/records/job-history.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import {
  type BatchId,
  formatBatchId,
  formatSliceId,
  type NodeId,
  type RunId,
  type SliceKey,
} from '#shared/model/ids.ts';
import type { Group, Phase } from '#shared/model/job.ts';
import type { BatchNode, BatchProgress, GroupRecord, ResultRecord, RunRecord, SliceRecord } from '#shared/model/run.ts';
import { isTerminalNodeStatus, type NodeStatus } from '#shared/model/status.ts';
import { batchStatuses } from '#shared/plan/node-progress.ts';
import { narrowStages, selectNodes } from '#shared/plan/selection.ts';
import { sliceNodes } from '#shared/plan/slice-nodes.ts';
import { planStages } from '#shared/plan/stages.ts';
import type { TargetNode } from '#shared/plan/targets.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';

/** What listing nodes and results reads. */
export interface SourceDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<PlanStore, 'listGroups' | 'listSlices' | 'getBatch' | 'getProgress' | 'listProgress'> &
    Pick<LedgerStore, 'listResults' | 'listInvocations'>;
  readonly json: JsonBlobs;
}

/** A part of a run's list: a batch, or the nodes of a slice that is not open yet. `order` sorts the parts and names one in cursors. */
export interface Source {
  readonly order: readonly number[];
  readonly key: SliceKey;
  /** Names the round of the phase that it is of, whatever the attempt. */
  readonly part: string;
  readonly group: Group;
  /** As the job of its attempt has it. */
  readonly phase: Phase;
  readonly round: number;
  readonly batchId?: BatchId;
  /** When all of the slice that the batch belongs to was at its end. */
  readonly closedAt?: string;
  /** Nodes of a slice that is only planned. */
  readonly planned?: () => Promise<readonly TargetNode[]>;
}

/** A batch with everything that rows are made of. */
export interface BatchContent {
  readonly nodes: readonly BatchNode[];
  /** What happened. */
  readonly results: readonly ResultRecord[];
  /** What operators said of its nodes. */
  readonly marks: readonly ResultRecord[];
  readonly progress: BatchProgress | undefined;
}

/** The parts of a run, and what they are parts of. */
export interface RunParts {
  readonly sources: readonly Source[];
  readonly jobs: JobHistory;
  /** Groups that have begun, of all attempts. */
  readonly records: readonly GroupRecord[];
}

/**
 * All parts of a run in the order of its plan: by group, round, phase, then attempt, pass and batch; or those of one attempt.
 * @throws AppError `run.not-found` for an attempt that the run does not have
 */
export const listSources = async (deps: SourceDeps, run: RunRecord, attempt?: number): Promise<readonly Source[]> =>
  (await readRunParts(deps, run, attempt)).sources;

/**
 * The parts of a run as {@link listSources} has them, with jobs and groups.
 * @throws AppError as {@link listSources}
 */
export const readRunParts = async (
  deps: Pick<SourceDeps, 'json'> & { readonly store: Pick<PlanStore, 'listGroups' | 'listSlices'> },
  run: RunRecord,
  attempt?: number,
): Promise<RunParts> => {
  requireAttempt(run, attempt);
  const jobs = await readJobHistory(deps.json, run);
  const [records, slices] = await Promise.all([
    deps.store.listGroups(run.runId),
    deps.store.listSlices(run.runId, attempt),
  ]);
  const placed = slices.flatMap((slice) => {
    const key = keyOfSlice(slice);
    const place = attempt === undefined ? jobs.now(key) : jobs.own(key);
    return place ? [{ slice, key, place }] : [];
  });
  const opened = placed.flatMap((one) => batchSources(jobs, one));
  const planned = attempt === undefined ? plannedSources(deps, run, jobs, { records, placed }) : [];
  return { sources: [...opened, ...planned].sort((a, b) => compareOrder(a.order, b.order)), jobs, records };
};

interface PlacedSlice {
  readonly slice: SliceRecord;
  readonly key: SliceKey;
  readonly place: JobPlace;
}

/** Order of two parts. */
export const compareOrder = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((n, index) => n !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};

const batchSources = (jobs: JobHistory, { slice, key, place }: PlacedSlice): readonly Source[] => {
  const own = jobs.own(key) ?? place;
  return Array.from({ length: slice.batchCount }, (_, index) => ({
    order: orderOf(place, slice.round, [key.attempt, key.pass, index + 1]),
    key,
    part: partName(place, slice),
    group: own.group,
    phase: own.phase,
    round: slice.round,
    batchId: formatBatchId(slice.sliceId, index),
    ...(slice.closedAt === undefined ? {} : { closedAt: slice.closedAt }),
  }));
};

/** The last number is 0 for a planned slice, so that its batches come after it: a cursor into the plan leads on to all of them. */
const orderOf = (
  { groupIndex, phaseIndex }: Pick<JobPlace, 'groupIndex' | 'phaseIndex'>,
  round: number,
  rest: readonly number[],
): readonly number[] => [groupIndex, round, phaseIndex, ...rest];

interface Opened {
  readonly records: readonly GroupRecord[];
  readonly placed: readonly PlacedSlice[];
}

/** The record of each group in the last attempt that came to it, by its name. */
export const latestRecords = (
  records: readonly GroupRecord[],
  jobs: Pick<JobHistory, 'at'>,
): ReadonlyMap<string, GroupRecord> =>
  new Map(
    records
      .toSorted((a, b) => a.attempt - b.attempt)
      .map((record) => [jobs.at(record.attempt).spec.groups[record.groupIndex]?.name ?? '', record]),
  );

/** Slices of groups that have begun, where no attempt has come to yet. */
const plannedSources = (
  deps: Pick<SourceDeps, 'json'>,
  run: RunRecord,
  jobs: JobHistory,
  { records, placed }: Opened,
): readonly Source[] => {
  const open = new Set(placed.map(({ place, slice }) => partName(place, slice)));
  const latest = latestRecords(records, jobs);
  const selection = run.attempts.at(-1)?.selection ?? {};
  return jobs.current.spec.groups.flatMap((group, groupIndex) => {
    const record = latest.get(group.name);
    if (!record) return [];
    const stages = narrowStages(planStages(jobs.current, group, record.nodeCount), group, selection);
    return stages.flatMap((stage) =>
      stage.slices.flatMap((plan): readonly Source[] => {
        const { phaseIndex } = plan;
        const phase = group.phases[phaseIndex];
        if (!phase) return [];
        const place = { group, phase, groupIndex, phaseIndex };
        const part = partName(place, stage);
        if (open.has(part)) return [];
        const attempt = run.attempts.length;
        const key = { attempt, groupIndex, stageIndex: stage.stageIndex, phaseIndex, pass: 0 };
        const planned = async () => {
          const nodes = sliceNodes(plan, await deps.json.targets(record.targetsBlob));
          return plan.kind === 'runner' ? nodes : selectNodes(selection, nodes);
        };
        return [
          { order: orderOf(place, stage.round, [attempt, 0, 0]), key, part, group, phase, round: stage.round, planned },
        ];
      }),
    );
  });
};

/**
 * True when a batch may have what is asked for: any batch when no node is named, else those that hold it, by id or name. Of all the others of a large
 * run nothing but their nodes is read.
 */
export const mayHold = async (
  deps: SourceDeps,
  runId: RunId,
  batchId: BatchId,
  node: string | undefined,
): Promise<boolean> => {
  if (node === undefined) return true;
  const batch = await deps.store.getBatch(runId, batchId);
  return batch?.nodes.some((one) => one.node.id === node || one.node.name === node) ?? false;
};

/** Nodes, results and progress of a batch. */
export const readBatch = async (deps: SourceDeps, runId: RunId, batchId: BatchId): Promise<BatchContent> => {
  const [batch, results, progress] = await Promise.all([
    deps.store.getBatch(runId, batchId),
    deps.store.listResults(runId, batchId),
    deps.store.getProgress(runId, batchId),
  ]);
  const [marks, happened] = [results.filter((one) => one.mark), results.filter((one) => !one.mark)];
  return { nodes: batch?.nodes ?? [], results: happened, marks, progress };
};

/** How each node of a batch stands, in their order. Between the results of a node, only the batch knows whether it is under way. */
export const statusesOfBatch = (
  run: RunRecord,
  { key, phase }: Source,
  content: BatchContent,
): readonly NodeStatus[] => {
  const left = isAttemptOpen(run, key.attempt) ? wordFor(content.progress) : 'pending';
  return batchStatuses(phase.operations, content.nodes, [...content.results, ...content.marks]).map((status) =>
    isTerminalNodeStatus(status) ? status : left,
  );
};

/** What nodes of a batch are that are not at their end. */
const wordFor = (progress: BatchProgress | undefined): NodeStatus => {
  if (progress?.state !== 'running') return 'pending';
  return progress.counts.waitingInput === undefined ? 'running' : 'waitingInput';
};

/** For each part the nodes that a later attempt or pass has taken over: there they are shown, not here. Read only where there is a later one. */
export const takenOver = (
  deps: SourceDeps,
  runId: RunId,
  sources: readonly Source[],
): ((source: Source) => Promise<ReadonlySet<NodeId>>) => {
  const known = new Map<string, Promise<ReadonlySet<NodeId>>>();
  const read = async (source: Source): Promise<ReadonlySet<NodeId>> => {
    const later = sources.filter((one) => one.batchId && one.part === source.part && isLaterSlice(one.key, source.key));
    const nodes = new Set<NodeId>();
    for (const { batchId } of later)
      if (batchId) for (const { node } of (await deps.store.getBatch(runId, batchId))?.nodes ?? []) nodes.add(node.id);
    return nodes;
  };
  return (source) => {
    const name = formatSliceId(source.key);
    const reading = known.get(name) ?? read(source);
    known.set(name, reading);
    return reading;
  };
};
