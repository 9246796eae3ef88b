import type { RunRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { expandJob } from '#shared/job/expand-job.ts';
import { resolveParams } from '#shared/job/params.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import { planRun } from '#shared/plan/plan-run.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { checkSelection, selectNodes, selectsGroup } from '#shared/plan/selection.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';
import { type Candidates, candidatesOf, resolveTargets } from './resolve-targets.ts';

/** What planning needs. */
export interface PlanPreviewDeps {
  readonly inventory: Inventory;
  readonly agents: PlanningAgents;
}

/** A request that was found to be in order, and what would happen. */
export interface CheckedRequest {
  readonly job: Job;
  readonly params: ParamValues;
  readonly plan: RunPlan;
}

/**
 * Checks what a request says by itself: the answer is the same whenever it is asked.
 * @throws AppError `job.invalid`, `params.invalid`, `request.invalid`
 */
export const readRequest = (request: RunRequest): Pick<CheckedRequest, 'job' | 'params'> => {
  const job = parseJob(request.job);
  const params = resolveParams(job, request.params);
  checkSelection(job, request.only);
  return { job, params };
};

/**
 * Checks a request to run a job and plans it against the clouds as they are now.
 * @throws AppError `job.invalid`, `params.invalid`, `request.invalid`, `plan.*`, `expression.failed`, `inventory.unavailable`
 */
export const checkRequest = async (deps: PlanPreviewDeps, request: RunRequest): Promise<CheckedRequest> => {
  const { job, params } = readRequest(request);
  const inventory = await deps.inventory.list();
  const candidates = request.nodes
    ? candidatesOf(request.nodes, inventory)
    : { nodes: inventory, explicit: false, inventory };
  const laidOut = expandJob(job, params);
  const plan = planRun({
    job: laidOut,
    groups: targetsOfGroups({ job, params, candidates, request }),
    limitOf: (agent) => deps.agents[agent].limits.instances,
    selection: request.only,
  });
  requireNodes(plan);
  return { job, params, plan };
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
