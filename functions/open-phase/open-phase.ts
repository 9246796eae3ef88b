import { isAttemptOpen, requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { readPhaseHistory } from '#functions/records/phase-history.ts';
import { type PhasePlace, phasePlace } from '#functions/records/phase-place.ts';
import { nodeBudgets } from '#functions/targets/node-budgets.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { formatBatchId, parseSliceId, type SliceId } from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { PickedPlaces } from '#shared/model/places.ts';
import type { BatchNode, BatchProgress, FrozenTargets, RunRecord, Selection, SliceRecord } from '#shared/model/run.ts';
import { countStatuses, type StatusCounts } from '#shared/model/status.ts';
import { lettersOf } from '#shared/model/status-letters.ts';
import { type BatchCandidate, type PlannedBatch, planBatches } from '#shared/plan/batches.ts';
import { type Ledger, type PhasePicks, whatIsLeft } from '#shared/plan/ledger.ts';
import { batchLimits, budgetsOfSlice, type NodeBudget, widthUnder } from '#shared/plan/node-budgets.ts';
import { formatPositions } from '#shared/plan/positions.ts';
import { selectNodes } from '#shared/plan/selection.ts';
import { type LeftNode, sliceNodes, toCandidates } from '#shared/plan/slice-nodes.ts';
import { planStages, type SlicePlan } from '#shared/plan/stages.ts';
import { phaseWidth } from '#shared/plan/width.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, NewBatch, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { marksOfBatch, readIgnoredBy } from './ignored-nodes.ts';
import { nodesLeftBehind } from './left-behind.ts';

/** What Open Phase needs. */
export interface OpenPhaseDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<PlanStore, 'getGroup' | 'getSlice' | 'listSlices' | 'listProgress' | 'getBatch' | 'openSlice'> &
    Pick<LedgerStore, 'listResults' | 'putResults'> &
    Pick<LockStore, 'listBudgets'>;
  readonly json: JsonBlobs;
  readonly agents: PlanningAgents;
  readonly clock: Clock;
}

/**
 * Turns a slice into batches: its nodes from the frozen targets, minus what earlier attempts and passes have done, each from its own next
 * operation; nodes that ended badly in an earlier phase of the round are left out. The batches are written before the slice, so a slice that exists has all of them; opening it again gives the same ones.
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
  const ledger = await readPhaseHistory(deps, run, { sliceId, round: stage.round }, place);
  const behind = await nodesLeftBehind(deps, run, place, stage.round);
  const picks = selection.picks && (await deps.json.picks(selection.picks.blob));
  const budgets = await budgetsOf(deps, place);
  const candidates = toCandidates({
    phase: place.phase,
    phaseIndex: place.key.phaseIndex,
    left: leftNodes({ targets, place, plan, round: stage.round, ledger, selection, picks }).filter(
      ({ node }) => !behind.has(node.id),
    ),
    targets,
    budgets,
  });
  const ignoredBy = await readIgnoredBy(deps.json, run, place, selection.mode);
  const limitOf = (agent: AgentKind) => deps.agents[agent].limits.instances;
  const toDo = candidates.filter(({ node }) => ignoredBy(node) === undefined);
  const under = budgetsOfSlice(
    budgets,
    toDo.map(({ node }) => node),
  );
  const width = phaseWidth(place.job, place.group, place.phase, Math.max(1, plan.to - plan.from));
  const batches = planBatches({
    nodes: toDo,
    width: widthUnder(width, toDo.length, under),
    limitOf,
    limitUnder: batchLimits(budgets),
  });
  const ignored = candidates.filter(({ node }) => ignoredBy(node) !== undefined);
  const ignoredBatches = planBatches({ nodes: ignored, width: Math.max(1, ignored.length), limitOf });
  const at = nowIso(deps.clock);
  const slice: SliceRecord = {
    runId: run.runId,
    sliceId,
    groupName: place.group.name,
    phaseName: place.phase.name,
    round: stage.round,
    rounds: stage.rounds,
    nodeCount: candidates.length,
    batchCount: batches.batches.length + ignoredBatches.batches.length,
    width: Math.max(1, batches.width),
    status: 'running',
    counts: countsOf(candidates.length - ignored.length, ignored.length),
    replaces: replacedCounts(candidates, ledger),
    openedAt: at,
  };
  const positions = plan.kind === 'runner' ? undefined : positionsIn(targets);
  const planned = [...batches.batches, ...ignoredBatches.batches].map((batch, index) =>
    newBatch(slice, batch, { index, positions }),
  );
  const toRun = planned.slice(0, batches.batches.length);
  const toIgnore = planned.slice(toRun.length).map((one) => endedBatch(one, at));
  await deps.store.putResults(toIgnore.flatMap(({ batch }) => marksOfBatch(run, place, batch, { ignoredBy, at })));
  return deps.store.openSlice(slice, [...toRun, ...toIgnore]);
};

/** The disruption budgets of the group as they are now; their percentages are of what the inventory held when the group was frozen. */
const budgetsOf = async (deps: OpenPhaseDeps, { record, phase }: PhasePlace): Promise<readonly NodeBudget[]> => {
  const frozen = new Map((record.budgets ?? []).map(({ name, total }) => [name, total]));
  if (frozen.size === 0 || phase.on === 'runner') return [];
  return nodeBudgets(await deps.store.listBudgets(), ({ name }) => frozen.get(name));
};
const countsOf = (pending: number, ignored: number): StatusCounts => ({
  ...(pending === 0 ? {} : { pending }),
  ...(ignored === 0 ? {} : { ignored }),
});

/** A batch of nodes that are ignored is at its end before anything comes to it. */
const endedBatch = ({ batch, progress }: NewBatch, at: string): NewBatch => ({
  batch,
  progress: {
    ...progress,
    state: 'done',
    counts: { ignored: batch.nodes.length },
    statuses: lettersOf(batch.nodes.map(() => 'ignored')),
    endedAt: at,
  },
});

interface LeftQuestion {
  readonly targets: FrozenTargets;
  readonly place: PhasePlace;
  readonly plan: SlicePlan;
  readonly round: number;
  readonly ledger: Ledger;
  readonly selection: Selection;
  readonly picks: PickedPlaces | undefined;
}

/**
 * What is left of a slice. A choice of nodes narrows target phases only: a runner phase serves the whole run. Nodes that were picked are picked
 * for this phase.
 */
const leftNodes = ({ targets, place, plan, round, ledger, selection, picks }: LeftQuestion): readonly LeftNode[] => {
  const all = sliceNodes(plan, targets);
  const chosen = plan.kind === 'runner' ? all : selectNodes(selection, all);
  return whatIsLeft(chosen, ledger, {
    mode: selection.mode,
    attempt: place.key.attempt,
    ...(picks === undefined ? {} : { picks: phasePicks(picks, place, round) }),
  });
};

const phasePicks = (picks: PickedPlaces, { group, phase }: PhasePlace, round: number): PhasePicks => {
  const mine = picks.find((one) => one.group === group.name && one.phase === phase.name && one.round === round);
  const [nodes, fromFirst] = [new Set(mine?.nodes), new Set(mine?.fromFirst)];
  return { has: (id) => nodes.has(id), fromFirst: (id) => fromFirst.has(id) };
};

const replacedCounts = (candidates: readonly BatchCandidate[], ledger: Ledger): StatusCounts =>
  countStatuses(
    candidates.flatMap(({ node }) => {
      const before = ledger.get(node.id);
      return before ? [before.status] : [];
    }),
  );

/** Where nodes lie in the frozen list of their group. */
type PositionsOf = (nodes: readonly BatchNode[]) => string;

const positionsIn = ({ nodes }: FrozenTargets): PositionsOf => {
  const known = new Map(nodes.map(({ node }, index) => [node.id, index]));
  return (members) => formatPositions(members.flatMap(({ node }) => known.get(node.id) ?? []));
};

interface BatchPlace {
  readonly index: number;
  readonly positions: PositionsOf | undefined;
}

const newBatch = ({ runId, sliceId }: SliceRecord, batch: PlannedBatch, { index, positions }: BatchPlace): NewBatch => {
  const batchId = formatBatchId(sliceId, index);
  const via = batch.nodes[0]?.via;
  const progress: BatchProgress = {
    runId,
    batchId,
    agent: via?.agent ?? 'aws',
    region: via?.region ?? '',
    ...(via?.account === undefined ? {} : { account: via.account }),
    nodeCount: batch.nodes.length,
    state: 'waiting',
    counts: { pending: batch.nodes.length },
    statuses: lettersOf(batch.nodes.map(() => 'pending')),
    ...(positions === undefined ? {} : { positions: positions(batch.nodes) }),
    operationIndex: Math.min(...batch.nodes.map((one) => one.startAt)),
  };
  const { online, nodes, budgets } = batch;
  const record = {
    ...{ runId, batchId, online, nodes: [...nodes] },
    ...(budgets === undefined ? {} : { budgets: [...budgets] }),
  };
  return { batch: record, progress };
};
