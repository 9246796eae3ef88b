import { type PlanPreviewDeps, planRequest } from '#functions/targets/check-request.ts';
import type { PlanQuery, RunRequest } from '#shared/contract/requests.ts';
import { estimateRun } from '#shared/cost/estimate.ts';
import type { PriceTable } from '#shared/cost/prices.ts';
import { planScripts } from '#shared/plan/plan-scripts.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { type HeldNowDeps, heldNow } from './held-now.ts';
import { inventoryOfPlan } from './inventory-of-plan.ts';
import { type JobPastDeps, jobPast } from './job-past.ts';

/** What a preview needs. */
export interface PreviewDeps extends PlanPreviewDeps, HeldNowDeps, JobPastDeps {
  readonly store: PlanPreviewDeps['store'] & HeldNowDeps['store'] & JobPastDeps['store'];
  readonly prices: PriceTable;
}

/**
 * The plan of a run, without running it: what it would send, and what other runs hold of what it needs. A plan may be empty.
 * Throws as `planRequest` does.
 */
export const planPreview =
  (deps: PreviewDeps) =>
  async (request: RunRequest, { refresh = false }: PlanQuery = {}): Promise<RunPlan> => {
    const checked = await planRequest(deps, request, refresh ? 0 : deps.inventory.ages.shownSeconds);
    const { laidOut, params, targets, plan, reading } = checked;
    const [held, past] = await Promise.all([heldNow(deps, checked), jobPast(deps, plan.job)]);
    return {
      ...plan,
      scripts: planScripts({ job: laidOut, params, targets, selection: request.only }),
      estimate: estimateRun(plan, past, deps.prices),
      inventory: inventoryOfPlan(targets, reading),
      ...(held === undefined ? {} : { heldNow: held }),
    };
  };
