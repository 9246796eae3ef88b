import { checkRequest, type PlanPreviewDeps } from '#functions/targets/check-request.ts';
import type { RunRequest } from '#shared/contract/requests.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { type HeldNowDeps, heldNow } from './held-now.ts';

/** What a preview needs. */
export interface PreviewDeps extends PlanPreviewDeps, HeldNowDeps {
  readonly store: PlanPreviewDeps['store'] & HeldNowDeps['store'];
}

/** The plan of a run, without running it, and what other runs hold of what it needs. Throws as `checkRequest` does. */
export const planPreview =
  (deps: PreviewDeps) =>
  async (request: RunRequest): Promise<RunPlan> => {
    const checked = await checkRequest(deps, request);
    const held = await heldNow(deps, checked);
    return held === undefined ? checked.plan : { ...checked.plan, heldNow: held };
  };
