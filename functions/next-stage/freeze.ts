import { currentAttempt } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { countUnder, type FrozenBudget } from '#functions/targets/node-budgets.ts';
import { overInventory } from '#functions/targets/over-inventory.ts';
import { candidatesOfRun, isComplete, resolveTargets } from '#functions/targets/resolve-targets.ts';
import { type GateOpening, gateById } from '#shared/gate/gates-of-run.ts';
import { exclusiveOf } from '#shared/lock/exclusive.ts';
import type { Group, Job } from '#shared/model/job.ts';
import type { FrozenTargets, GroupRecord, RunRecord } from '#shared/model/run.ts';
import { checkPlanLimits } from '#shared/plan/limits.ts';
import { selectNodes } from '#shared/plan/selection.ts';
import { nodesWithAgent } from '#shared/plan/targets.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Blobs, type Clock, type Inventory, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';
import { driftGate } from './drift.ts';
import { earlierTargets, keepTargets } from './earlier-targets.ts';
import { type GateVerdict, standAtGate } from './gates.ts';

/** What freezing the targets of a group needs. */
export interface FreezeDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'> &
    Pick<LockStore, 'listBudgets' | 'notePermitUser'> &
    Pick<PlanStore, 'createGroup' | 'listGroups'>;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
}

/** A group of a run, by what its job says and where it stands there. */
export interface GroupPlace {
  readonly run: RunRecord;
  readonly job: Job;
  readonly group: Group;
  readonly groupIndex: number;
}

/**
 * Freezes the targets of a group; where the run needs approval, only once it is given, and for these targets.
 * @throws AppError `plan.limit-exceeded` when they make more of the group than an execution holds
 */
export const freeze = async (
  deps: FreezeDeps,
  place: GroupPlace,
): Promise<GroupRecord | Exclude<GateVerdict, { readonly kind: 'passed' }>> => {
  const { run, job, group, groupIndex } = place;
  const attempt = currentAttempt(run);
  const approval = await approved(deps, place, undefined);
  if (approval.kind !== 'passed') return approval;
  const earlier = await earlierTargets(deps, place);
  const found = earlier === undefined ? await resolve(deps, run, job, group) : undefined;
  const drift = await approved(deps, place, found);
  if (drift.kind !== 'passed') return drift;
  const { targetsBlob, nodeCount } =
    earlier ?? (await keepTargets(deps.blobs, run, found ?? { nodes: [], runners: {} }));
  // There may be more nodes now than when the run was planned.
  checkPlanLimits({ ...job, spec: { ...job.spec, groups: [group] } }, [nodeCount]);
  const budgets = await freezeBudgets(deps, targetsBlob);
  if (budgets.length > 0 || group.phases.some((phase) => exclusiveOf(job, group, phase) !== undefined))
    await deps.store.notePermitUser(run.runId);
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
    ...(budgets.length === 0 ? {} : { budgets: [...budgets] }),
    startedAt: nowIso(deps.clock),
  });
};

/** Whether a run that needs approval has it: as such, or for the targets that were found. */
const approved = async (
  deps: FreezeDeps,
  { run, job, group, groupIndex }: GroupPlace,
  found: FrozenTargets | undefined,
): Promise<GateVerdict> => {
  const { approval } = job.spec;
  if (approval === undefined) return { kind: 'passed' };
  if (found === undefined) return standAtGate(deps, run, startGate(run, job), approval);
  const selection = run.attempts.at(-1)?.selection ?? {};
  const nodeIds = selectNodes(selection, found.nodes).map(({ node }) => node.id);
  const drift = await driftGate(deps.json, run, approval, { groupIndex, groupName: group.name, nodeIds });
  return drift === undefined ? { kind: 'passed' } : standAtGate(deps, run, drift, approval);
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

const resolve = async (deps: FreezeDeps, run: RunRecord, job: Job, group: Group): Promise<FrozenTargets> => {
  const toCandidates = await candidatesOfRun(deps.blobs, run.nodesBlob);
  const scope = { params: run.params, run: { id: run.runId, attempt: currentAttempt(run), job: run.jobName } };
  return overInventory(deps.inventory, deps.inventory.ages.plannedSeconds, (reading) => {
    const candidates = toCandidates(reading);
    const { nodes, runners } = resolveTargets(job, group, candidates, scope);
    return { value: { nodes, runners }, complete: isComplete(group, candidates, { nodes }) };
  });
};

/** The disruption budgets that nodes of a group are under, over the inventory as it is now. Without any budget, the inventory is not read. */
const freezeBudgets = async (deps: FreezeDeps, targetsBlob: string): Promise<readonly FrozenBudget[]> => {
  const budgets = await deps.store.listBudgets();
  if (budgets.length === 0) return [];
  const { nodes } = await deps.json.targets(targetsBlob);
  const targets = nodes.map(({ node }) => node);
  const meant = budgets.filter((budget) => countUnder(budget, targets) > 0);
  if (meant.length === 0) return [];
  const reading = await deps.inventory.list({ maxAgeSeconds: deps.inventory.ages.plannedSeconds });
  const inventory = nodesWithAgent(reading.nodes);
  // A caller may name nodes that the inventory does not know: they count too.
  const known = new Set(inventory.map(({ id }) => id));
  const all = [...inventory, ...targets.filter(({ id }) => !known.has(id))];
  return meant.map((budget) => ({ name: budget.name, total: countUnder(budget, all) }));
};
