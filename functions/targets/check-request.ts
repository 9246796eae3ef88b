import { type LibraryReadDeps, requireJob } from '#functions/records/library.ts';
import { resolveSets } from '#functions/records/target-sets.ts';
import type { RunRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { expandJob } from '#shared/job/expand-job.ts';
import { resolveParams } from '#shared/job/params.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { turnSettingsOf } from '#shared/job/turn-settings.ts';
import { applyCommands, type FrozenCommands } from '#shared/library/apply-commands.ts';
import { applySets } from '#shared/library/apply-sets.ts';
import { requireJobReference } from '#shared/library/job-reference.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import type { DisruptionBudget, TurnSettings } from '#shared/model/lock.ts';
import type { InventoryNode, Node } from '#shared/model/node.ts';
import type { FrozenTargets } from '#shared/model/run.ts';
import type { FrozenSets } from '#shared/model/target-set.ts';
import type { NodeBudget } from '#shared/plan/node-budgets.ts';
import { planRun } from '#shared/plan/plan-run.ts';
import { type NeededSecret, neededSecrets } from '#shared/plan/plan-secrets.ts';
import type { PlanSecret, RunPlan } from '#shared/plan/run-plan.ts';
import { checkSelection, selectNodes, selectsGroup } from '#shared/plan/selection.ts';
import { nodesWithAgent } from '#shared/plan/targets.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import type { Blobs, Inventory, InventoryReading } from '#shared/ports/services.ts';
import { formatReference } from '#shared/secrets/reference.ts';
import { countUnder, nodeBudgets } from './node-budgets.ts';
import { type Found, overInventory } from './over-inventory.ts';
import { requireFiles } from './require-files.ts';
import { resolveCommands } from './resolve-commands.ts';
import { candidatesOf, isComplete, type ResolvedTargets, resolveTargets } from './resolve-targets.ts';

/** What planning needs. */
export interface PlanPreviewDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & Pick<LockStore, 'listBudgets'>;
  readonly inventory: Inventory;
  readonly agents: PlanningAgents;
  readonly secrets: Pick<Secrets, 'check'>;
  readonly blobs: Pick<Blobs, 'size'>;
}

/** A request that was found to be in order, and what would happen. */
export interface CheckedRequest {
  readonly job: Job;
  /** The job with its commands applied and its blocks laid out. */
  readonly laidOut: Job;
  /** The targets of each group of the job, as they are now. */
  readonly targets: readonly FrozenTargets[];
  /** What these were found in. */
  readonly reading: InventoryReading;
  /** The commands that the job uses, as they are now. */
  readonly commands: FrozenCommands;
  /** The target sets that the job names, as they are now. */
  readonly sets: FrozenSets;
  /** The revision of a stored job; absent for a job that came with the request. */
  readonly revision?: number;
  readonly params: ParamValues;
  readonly plan: RunPlan;
  /** Under which key the run takes its turn; undefined when any number of runs may go on at once. */
  readonly turn: TurnSettings | undefined;
}

/**
 * Checks what a request says by itself: the answer is the same whenever it is asked. Of a stored job only its name is looked at.
 * @throws AppError `job.invalid`, `params.invalid`, `request.invalid`
 */
export const readRequest = (request: RunRequest): void => {
  if (typeof request.job === 'string') requireJobReference(request.job);
  else checkJobRequest(parseJob(request.job), request);
};

const checkJobRequest = (job: Job, request: RunRequest): ParamValues => {
  const params = resolveParams(job, request.params);
  checkSelection(job, request.only);
  return params;
};

/**
 * The job that a request brings or names.
 * @throws AppError `job.invalid`, `job.not-found`, `request.invalid`
 */
export const jobOfRequest = async (
  deps: LibraryReadDeps,
  { job }: Pick<RunRequest, 'job'>,
): Promise<Pick<CheckedRequest, 'job' | 'revision'>> => {
  if (typeof job !== 'string') return { job: parseJob(job) };
  const stored = await requireJob(deps, requireJobReference(job));
  return { job: stored.job, revision: stored.revision.change };
};

/**
 * Checks a request to run a job and plans it against library and clouds as they are now.
 * @throws AppError as `planRequest`, and `plan.no-targets` when it would touch nothing
 */
export const checkRequest = async (deps: PlanPreviewDeps, request: RunRequest): Promise<CheckedRequest> => {
  const checked = await planRequest(deps, request, deps.inventory.ages.plannedSeconds);
  requireNodes(checked.plan);
  return checked;
};

/**
 * Plans a request against the library as it is now and the clouds as they were read lately; the plan may be empty, and then it says why.
 * @throws AppError `job.invalid`, `job.not-found`, `params.invalid`, `request.invalid`, `plan.*`, `secret.*`, `expression.failed`, `targets.not-found`,
 * `inventory.unavailable`
 */
export const planRequest = async (
  deps: PlanPreviewDeps,
  request: RunRequest,
  maxAgeSeconds: number,
): Promise<CheckedRequest> => {
  const asked = await jobOfRequest(deps, request);
  const { job } = asked;
  const params = checkJobRequest(job, request);
  await requireFiles(deps, job, params);
  const turn = turnSettingsOf(job, params);
  const commands = await resolveCommands(deps, job);
  const sets = await resolveSets(deps, job);
  const meant = applySets(job, sets);
  const [{ reading, groups }, budgets] = await Promise.all([
    overInventory(deps.inventory, maxAgeSeconds, (found) => targetsIn(found, { job: meant, params, request })),
    deps.store.listBudgets(),
  ]);
  const laidOut = expandJob(applyCommands(meant, commands), params);
  const needed = neededSecrets({ job: laidOut, params, targets: groups, selection: request.only });
  const plan = planRun({
    job: laidOut,
    params,
    groups,
    secrets: await Promise.all(needed.map((secret) => planSecret(deps, secret))),
    limitOf: (agent) => deps.agents[agent].limits.instances,
    scriptLimitOf: (agent) => deps.agents[agent].limits.scriptBytes,
    budgets: budgetsOver(budgets, reading.nodes, groups),
    turn,
    selection: request.only,
  });
  return { ...asked, laidOut, targets: groups, reading, commands, sets, params, plan, turn };
};

/** Budgets over the inventory and what the caller named beside it. */
const budgetsOver = (
  budgets: readonly DisruptionBudget[],
  inventory: readonly InventoryNode[],
  groups: readonly FrozenTargets[],
): readonly NodeBudget[] => {
  const all = new Map<string, Node>(nodesWithAgent(inventory).map((node) => [node.id, node]));
  for (const { node } of groups.flatMap(({ nodes }) => nodes)) if (!all.has(node.id)) all.set(node.id, node);
  const nodes = [...all.values()];
  return nodeBudgets(budgets, (budget) => countUnder(budget, nodes));
};

const planSecret = async (
  { secrets }: Pick<PlanPreviewDeps, 'secrets'>,
  { param, reference, operations }: NeededSecret,
): Promise<PlanSecret> => ({
  param,
  reference: formatReference(reference),
  operations: [...operations],
  warnings: [...(await secrets.check(reference))],
});

interface TargetQuestion {
  readonly job: Job;
  readonly params: ParamValues;
  readonly request: RunRequest;
}

interface TargetsFound {
  readonly reading: InventoryReading;
  readonly groups: readonly ResolvedTargets[];
}

/** The targets of each group in a reading of the clouds. */
const targetsIn = (reading: InventoryReading, { job, params, request }: TargetQuestion): Found<TargetsFound> => {
  const inventory = reading.nodes;
  const candidates = request.nodes
    ? candidatesOf(request.nodes, inventory)
    : { nodes: inventory, explicit: false, unknown: 0, inventory };
  const scope = { params, run: { id: '', attempt: 1, job: job.metadata.name } };
  const groups = job.spec.groups.map((group) => {
    if (!selectsGroup(request.only, group))
      return { resolved: { nodes: [], runners: {}, leftOut: [] }, complete: true };
    const resolved = resolveTargets(job, group, candidates, scope);
    return {
      resolved: { ...resolved, nodes: [...selectNodes(request.only, resolved.nodes)] },
      complete: isComplete(group, candidates, resolved),
    };
  });
  return {
    value: { reading, groups: groups.map(({ resolved }) => resolved) },
    complete: groups.every(({ complete }) => complete),
  };
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
