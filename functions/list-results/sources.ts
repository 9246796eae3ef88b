import type { JsonBlobs } from '#functions/records/json-blob.ts';
import {
  type BatchId,
  formatBatchId,
  formatSliceId,
  type NodeId,
  parseSliceId,
  type RunId,
  type SliceKey,
} from '#shared/model/ids.ts';
import type { Group, Job, Phase } from '#shared/model/job.ts';
import type { BatchNode, BatchProgress, GroupRecord, ResultRecord, RunRecord, SliceRecord } from '#shared/model/run.ts';
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
  readonly group: Group;
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
  readonly results: readonly ResultRecord[];
  readonly progress: BatchProgress | undefined;
}

/** All parts of a run in the order of its plan: by group, stage, phase, then attempt, pass and batch. */
export const listSources = async (deps: SourceDeps, run: RunRecord, job: Job): Promise<readonly Source[]> => {
  const [records, slices] = await Promise.all([deps.store.listGroups(run.runId), deps.store.listSlices(run.runId)]);
  const opened = slices.flatMap((slice) => batchSources(job, slice));
  return [...opened, ...plannedSources(deps, run, job, { records, slices })].sort((a, b) =>
    compareOrder(a.order, b.order),
  );
};

/** Order of two parts. */
export const compareOrder = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((n, index) => n !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};

const batchSources = (job: Job, slice: SliceRecord): readonly Source[] => {
  const key = parseSliceId(slice.sliceId);
  const group = job.spec.groups[key.groupIndex];
  const phase = group?.phases[key.phaseIndex];
  if (!group || !phase) return [];
  return Array.from({ length: slice.batchCount }, (_, index) => ({
    order: orderOf(key, index + 1),
    key,
    group,
    phase,
    round: slice.round,
    batchId: formatBatchId(slice.sliceId, index),
    ...(slice.closedAt === undefined ? {} : { closedAt: slice.closedAt }),
  }));
};

/** `part` is 0 for a planned slice, so that its batches come after it: a cursor into the plan leads on to all of them. */
const orderOf = (key: SliceKey, part: number): readonly number[] => [
  key.groupIndex,
  key.stageIndex,
  key.phaseIndex,
  key.attempt,
  key.pass,
  part,
];

interface Opened {
  readonly records: readonly GroupRecord[];
  readonly slices: readonly SliceRecord[];
}

const plannedSources = (deps: SourceDeps, run: RunRecord, job: Job, { records, slices }: Opened): readonly Source[] => {
  const open = new Set(slices.map((slice) => placeName(parseSliceId(slice.sliceId))));
  const latest = new Map(records.map((record) => [record.groupIndex, record]));
  const selection = run.attempts.at(-1)?.selection ?? {};
  return [...latest.values()].flatMap((record) => {
    const group = job.spec.groups[record.groupIndex];
    if (!group) return [];
    const stages = narrowStages(planStages(job, group, record.nodeCount), group, selection);
    return stages.flatMap((stage) =>
      stage.slices.flatMap((plan): readonly Source[] => {
        const key = {
          attempt: run.attempts.length,
          groupIndex: record.groupIndex,
          stageIndex: stage.stageIndex,
          phaseIndex: plan.phaseIndex,
          pass: 0,
        };
        const phase = group.phases[plan.phaseIndex];
        if (!phase || open.has(placeName(key))) return [];
        const planned = async () => {
          const nodes = sliceNodes(plan, await deps.json.targets(record.targetsBlob));
          return plan.kind === 'runner' ? nodes : selectNodes(selection, nodes);
        };
        return [{ order: orderOf(key, 0), key, group, phase, round: stage.round, planned }];
      }),
    );
  });
};

const placeName = ({ groupIndex, stageIndex, phaseIndex }: SliceKey): string =>
  `${groupIndex}.${stageIndex}.${phaseIndex}`;

/** Nodes, results and progress of a batch. */
export const readBatch = async (deps: SourceDeps, runId: RunId, batchId: BatchId): Promise<BatchContent> => {
  const [batch, results, progress] = await Promise.all([
    deps.store.getBatch(runId, batchId),
    deps.store.listResults(runId, batchId),
    deps.store.getProgress(runId, batchId),
  ]);
  return { nodes: batch?.nodes ?? [], results, progress };
};

/** For each part the nodes that a later attempt or pass has taken over: there they are shown, not here. Read only where there is a later one. */
export const takenOver = (
  deps: SourceDeps,
  runId: RunId,
  sources: readonly Source[],
): ((source: Source) => Promise<ReadonlySet<NodeId>>) => {
  const known = new Map<string, Promise<ReadonlySet<NodeId>>>();
  const read = async (source: Source): Promise<ReadonlySet<NodeId>> => {
    const later = sources.filter(
      (one) => one.batchId && placeName(one.key) === placeName(source.key) && isLater(one.key, source.key),
    );
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

const isLater = (one: SliceKey, other: SliceKey): boolean =>
  one.attempt > other.attempt || (one.attempt === other.attempt && one.pass > other.pass);
