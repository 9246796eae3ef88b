import type { Job } from '#shared/model/job.ts';
import type { PlannedTargets } from '#shared/model/run.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';

/** The nodes of each group that takes part, as the plan has them now. */
export const plannedTargets = (job: Job, plan: RunPlan): PlannedTargets =>
  Object.fromEntries(
    plan.groups.map((group) => [
      String(job.spec.groups.findIndex(({ name }) => name === group.name)),
      group.rounds.flatMap((round) => round.nodes.map(({ id }) => id)),
    ]),
  );
