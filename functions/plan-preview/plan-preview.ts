import { checkRequest, type PlanPreviewDeps } from '#functions/targets/check-request.ts';
import type { RunRequest } from '#shared/contract/requests.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';

/** The plan of a run, without running it. Throws as `checkRequest` does. */
export const planPreview =
  (deps: PlanPreviewDeps) =>
  async (request: RunRequest): Promise<RunPlan> =>
    (await checkRequest(deps, request)).plan;
