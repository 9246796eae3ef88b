import { AppError } from '../errors/app-error.ts';
import type { Job } from '../model/job.ts';
import { countStages } from './stages.ts';

/** Phases that run together in a oneShot group, at most: one state of the workflow holds them all. */
export const maxOneShotPhases = 40;

/** Stages in a run, at most: together they must fit into the 25,000 history events of one Step Functions execution. */
export const maxStages = 600;

/**
 * Checks what the workflow can hold. `nodeCounts` has the number of target nodes of each group, in the order of the job.
 * @throws AppError `plan.limit-exceeded` that names the numbers and what to change.
 */
export const checkPlanLimits = (job: Job, nodeCounts: readonly number[]): void => {
  checkPhases(job);
  checkStages(job, nodeCounts);
};

const checkPhases = (job: Job): void => {
  for (const group of job.spec.groups)
    if (group.strategy === 'oneShot' && group.phases.length > maxOneShotPhases)
      throw new AppError(
        'plan.limit-exceeded',
        `Group '${group.name}' has ${group.phases.length} phases; a oneShot group holds at most ${maxOneShotPhases}`,
        { hint: 'Split the group in two: the second then starts when the first has ended.' },
      );
};

const checkStages = (job: Job, nodeCounts: readonly number[]): void => {
  const stages = job.spec.groups.map((group, index) => countStages(job, group, nodeCounts[index] ?? 0));
  const total = stages.reduce((sum, n) => sum + n, 0);
  if (total <= maxStages) return;
  const most = Math.max(...stages);
  const index = stages.indexOf(most);
  const name = job.spec.groups[index]?.name ?? '';
  throw new AppError(
    'plan.limit-exceeded',
    `The run has ${total} stages, the limit is ${maxStages}; group '${name}' alone has ${most} for its ${nodeCounts[index] ?? 0} nodes`,
    { hint: `Give '${name}' fewer rounds, such as rounds: [1, 10%, 50%, 100%], or a smaller roundCount above 0.` },
  );
};
