import { isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { readPhaseHistory } from '#functions/records/phase-history.ts';
import { type PhasePlace, phasePlace } from '#functions/records/phase-place.ts';
import { nodeBudgets } from '#functions/targets/node-budgets.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { formatBatchId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import type { BatchProgress, FrozenTargets, RunRecord, Selection, SliceRecord } from '#shared/model/run.ts';
import { countStatuses, type StatusCounts } from '#shared/model/status.ts';
import { type BatchCandidate, type PlannedBatch, planBatches } from '#shared/plan/batches.ts';
import { type Ledger, whatIsLeft } from '#shared/plan/ledger.ts';
import { batchLimits, budgetsOfSlice, type NodeBudget, widthUnder } from '#shared/plan/node-budgets.ts';
import { selectNodes } from '#shared/plan/selection.ts';
import { type LeftNode, sliceNodes, toCandidates } from '#shared/plan/slice-nodes.ts';
import { planStages, type SlicePlan } from '#shared/plan/stages.ts';
import { phaseWidth } from '#shared/plan/width.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, NewBatch, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';

/** What Open Phase needs. */
export interface OpenPhaseDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<PlanStore, 'getGroup' | 'getSlice' | 'listSlices' | 'listProgress' | 'getBatch' | 'openSlice'> &
    Pick<LedgerStore, 'listResults'> &
    Pick<LockStore, 'listBudgets'>;
  readonly json: JsonBlobs;
  readonly agents: PlanningAgents;
  readonly clock: Clock;
}

/**
 * Turns a slice into batches: its nodes from the frozen targets, minus what earlier attempts and passes have done, each from its own next
 * operation. The batches are written before the slice, so a slice that exists has all of them; opening it again gives the same ones.
 */
export const openPhase =
  (deps: OpenPhaseDeps): TaskBehaviour<'openPhase'> =>
  async ({ runId, sliceId }) => {
    const known = await deps.store.getSlice(runId, sliceId);
    if (known) return batchesOf(known);
    const run = await requireRun(deps.store, runId);
    const key = parseSliceId(sliceId);
    if (!isAttemptOpen(run, key.attempt)) return { batches: [], width: 1 };
    const place = await phasePlace(deps, run, key);
    return batchesOf(await openNew(deps, run, sliceId, place));
  };

const batchesOf = (slice: SliceRecord): TaskOutput<'openPhase'> => ({
  batches:
    slice.closedAt === undefined
      ? Array.from({ length: slice.batchCount }, (_, index) => formatBatchId(slice.sliceId, index))
      : [],
  width: slice.width,
});

const openNew = async (
  deps: OpenPhaseDeps,
  run: RunRecord,
  sliceId: SliceId,
  place: PhasePlace,
): Promise<SliceRecord> => {
  const targets = await deps.json.targets(place.record.targetsBlob);
  const stages = planStages(place.job, place.group, place.record.nodeCount);
  const stage = stages[place.key.stageIndex];
  const plan = stage?.slices.find((one) => one.phaseIndex === place.key.phaseIndex);
  if (!stage || !plan)
    throw new AppError('record.missing', `The plan of group '${place.group.name}' has no slice ${sliceId}`);
  const selection = run.attempts.at(-1)?.selection ?? { mode: 'all' };
  const ledger = await readPhaseHistory(deps, run, sliceId, place);
  const budgets = await budgetsOf(deps, place);
  const candidates = toCandidates({
    phase: place.phase,
    phaseIndex: place.key.phaseIndex,
    left: leftNodes({ targets, place, plan, ledger, selection }),
    targets,
    budgets,
  });
  const under = budgetsOfSlice(
    budgets,
    candidates.map(({ node }) => node),
  );
  const width = phaseWidth(place.job, place.group, place.phase, Math.max(1, plan.to - plan.from));
  const batches = planBatches({
    nodes: candidates,
    width: widthUnder(width, candidates.length, under),
    limitOf: (agent) => deps.agents[agent].limits.instances,
    limitUnder: batchLimits(budgets),
  });
  const at = nowIso(deps.clock);
  const slice: SliceRecord = {
    runId: run.runId,
    sliceId,
    groupName: place.group.name,
    phaseName: place.phase.name,
    round: stage.round,
    rounds: stage.rounds,
    nodeCount: candidates.length,
    batchCount: batches.batches.length,
    width: Math.max(1, batches.width),
    status: 'running',
    counts: candidates.length === 0 ? {} : { pending: candidates.length },
    replaces: replacedCounts(candidates, ledger),
    openedAt: at,
  };
  return deps.store.openSlice(
    slice,
    batches.batches.map((batch, index) => newBatch(run, slice, batch, index)),
  );
};

/** The disruption budgets of the group as they are now; their percentages are of what the inventory held when the group was frozen. */
const budgetsOf = async (deps: OpenPhaseDeps, { record, phase }: PhasePlace): Promise<readonly NodeBudget[]> => {
  const frozen = new Map((record.budgets ?? []).map(({ name, total }) => [name, total]));
  if (frozen.size === 0 || phase.on === 'runner') return [];
  return nodeBudgets(await deps.store.listBudgets(), ({ name }) => frozen.get(name));
};

interface LeftQuestion {
  readonly targets: FrozenTargets;
  readonly place: PhasePlace;
  readonly plan: SlicePlan;
  readonly ledger: Ledger;
  readonly selection: Selection;
}

/**
 * What is left of a slice. A choice of nodes narrows target phases only: a runner phase serves the whole run.
 */
const leftNodes = ({ targets, place, plan, ledger, selection }: LeftQuestion): readonly LeftNode[] => {
  const all = sliceNodes(plan, targets);
  const chosen = plan.kind === 'runner' ? all : selectNodes(selection, all);
  return whatIsLeft(chosen, ledger, { mode: selection.mode, attempt: place.key.attempt });
};

const replacedCounts = (candidates: readonly BatchCandidate[], ledger: Ledger): StatusCounts =>
  countStatuses(
    candidates.flatMap(({ node }) => {
      const before = ledger.get(node.id);
      return before ? [before.status] : [];
    }),
  );

const newBatch = (run: RunRecord, slice: SliceRecord, batch: PlannedBatch, index: number): NewBatch => {
  const batchId = formatBatchId(slice.sliceId, index);
  const via = batch.nodes[0]?.via;
  const progress: BatchProgress = {
    runId: run.runId,
    batchId,
    agent: via?.agent ?? 'aws',
    region: via?.region ?? '',
    ...(via?.account === undefined ? {} : { account: via.account }),
    nodeCount: batch.nodes.length,
    state: 'waiting',
    counts: { pending: batch.nodes.length },
    operationIndex: Math.min(...batch.nodes.map((one) => one.startAt)),
  };
  const { online, nodes, budgets } = batch;
  const record = {
    ...{ runId: run.runId, batchId, online, nodes: [...nodes] },
    ...(budgets === undefined ? {} : { budgets: [...budgets] }),
  };
  return { batch: record, progress };
};
