import { type PlanPreviewDeps, planRequest } from '#functions/targets/check-request.ts';
import type { RunRequest } from '#shared/contract/requests.ts';
import { estimateRun } from '#shared/cost/estimate.ts';
import type { PriceTable } from '#shared/cost/prices.ts';
import { planScripts } from '#shared/plan/plan-scripts.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { type HeldNowDeps, heldNow } from './held-now.ts';
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
  async (request: RunRequest): Promise<RunPlan> => {
    const checked = await planRequest(deps, request);
    const { laidOut, params, targets, plan } = checked;
    const [held, past] = await Promise.all([heldNow(deps, checked), jobPast(deps, plan.job)]);
    return {
      ...plan,
      scripts: planScripts({ job: laidOut, params, targets, selection: request.only }),
      estimate: estimateRun(plan, past, deps.prices),
      ...(held === undefined ? {} : { heldNow: held }),
    };
  };
