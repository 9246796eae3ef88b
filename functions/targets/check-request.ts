import type { RunRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { resolveParams } from '#shared/job/params.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { turnSettingsOf } from '#shared/job/turn-settings.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import type { DisruptionBudget, TurnSettings } from '#shared/model/lock.ts';
import type { InventoryNode, Node } from '#shared/model/node.ts';
import type { FrozenTargets } from '#shared/model/run.ts';
import type { NodeBudget } from '#shared/plan/node-budgets.ts';
import { planRun } from '#shared/plan/plan-run.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { checkSelection, selectNodes, selectsGroup } from '#shared/plan/selection.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { countUnder, nodeBudgets } from './node-budgets.ts';
import { type Candidates, candidatesOf, resolveTargets } from './resolve-targets.ts';

/** What planning needs. */
export interface PlanPreviewDeps {
  readonly store: Pick<LockStore, 'listBudgets'>;
  readonly inventory: Inventory;
  readonly agents: PlanningAgents;
}

/** A request that was found to be in order, and what would happen. */
export interface CheckedRequest {
  readonly job: Job;
  readonly params: ParamValues;
  readonly plan: RunPlan;
  /** Under which key the run takes its turn; undefined when any number of runs may go on at once. */
  readonly turn: TurnSettings | undefined;
}

/**
 * Checks what a request says by itself: the answer is the same whenever it is asked.
 * @throws AppError `job.invalid`, `params.invalid`, `request.invalid`
 */
export const readRequest = (request: RunRequest): Pick<CheckedRequest, 'job' | 'params' | 'turn'> => {
  const job = parseJob(request.job);
  const params = resolveParams(job, request.params);
  checkSelection(job, request.only);
  return { job, params, turn: turnSettingsOf(job, params) };
};

/**
 * Checks a request to run a job and plans it against the clouds as they are now.
 * @throws AppError `job.invalid`, `params.invalid`, `request.invalid`, `plan.*`, `expression.failed`, `inventory.unavailable`
 */
export const checkRequest = async (deps: PlanPreviewDeps, request: RunRequest): Promise<CheckedRequest> => {
  const { job, params, turn } = readRequest(request);
  const [inventory, budgets] = await Promise.all([deps.inventory.list(), deps.store.listBudgets()]);
  const candidates = request.nodes
    ? candidatesOf(request.nodes, inventory)
    : { nodes: inventory, explicit: false, inventory };
  const groups = targetsOfGroups({ job, params, candidates, request });
  const plan = planRun({
    job,
    groups,
    limitOf: (agent) => deps.agents[agent].limits.instances,
    budgets: budgetsOver(budgets, inventory, groups),
    turn,
    selection: request.only,
  });
  requireNodes(plan);
  return { job, params, plan, turn };
};

/** Budgets over the inventory and what the caller named beside it. */
const budgetsOver = (
  budgets: readonly DisruptionBudget[],
  inventory: readonly InventoryNode[],
  groups: readonly FrozenTargets[],
): readonly NodeBudget[] => {
  const all = new Map<string, Node>(inventory.map((node) => [node.id, withoutReach(node)]));
  for (const { node } of groups.flatMap(({ nodes }) => nodes)) if (!all.has(node.id)) all.set(node.id, node);
  const nodes = [...all.values()];
  return nodeBudgets(budgets, (budget) => countUnder(budget, nodes));
};

interface TargetQuestion {
  readonly job: Job;
  readonly params: ParamValues;
  readonly candidates: Candidates;
  readonly request: RunRequest;
}

const targetsOfGroups = ({ job, params, candidates, request }: TargetQuestion) => {
  const scope = { params, run: { id: '', attempt: 1, job: job.metadata.name } };
  return job.spec.groups.map((group) => {
    if (!selectsGroup(request.only, group)) return { nodes: [], runners: {}, leftOut: [] };
    const resolved = resolveTargets(job, group, candidates, scope);
    return { ...resolved, nodes: [...selectNodes(request.only, resolved.nodes)] };
  });
};

/** A run that would touch nothing is a mistake of its author, not a success. */
const requireNodes = (plan: RunPlan): void => {
  const runsAnywhere = plan.groups.some(
    (group) => group.nodeCount > 0 || group.phases.some((phase) => phase.on === 'runner'),
  );
  if (runsAnywhere) return;
  throw new AppError('plan.no-targets', `No node matches the targets of job '${plan.job}'`, {
    hint: 'Look at the nodes there are with: drover nodes list. Then correct targets.where, targets.nodes or --node.',
  });
};
