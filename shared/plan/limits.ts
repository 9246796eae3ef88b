import { AppError } from '../errors/app-error.ts';
import type { Job } from '../model/job.ts';
import { historyLimit } from '../workflow/history.ts';
import { type GroupNeeds, historyNeeds } from './history-needs.ts';
import { countStages } from './stages.ts';

/** Phases that run together in a oneShot group, at most: one state of the workflow holds them all. */
export const maxOneShotPhases = 40;

/**
 * Stages in a run, at most; each phase of a oneShot group counts as one, because it costs as many history events. So many fit into what Step
 * Functions keeps of one execution, with a soak before each.
 */
export const maxStages = 600;

/** Batches of one slice, at most: Open Phase hands their ids on in a payload of 256 KiB. */
export const maxBatches = 8000;

/** @throws AppError `plan.limit-exceeded` when a slice has more batches than the workflow can hand on. */
export const checkBatchCount = (phaseName: string, batchCount: number): void => {
  if (batchCount <= maxBatches) return;
  throw new AppError(
    'plan.limit-exceeded',
    `Phase '${phaseName}' makes ${batchCount} batches, the limit is ${maxBatches}`,
    {
      hint: 'Run more nodes at once (a larger maxConcurrency, a smaller roundCount above 0), or split the targets over groups.',
    },
  );
};

/**
 * Checks what the workflow can hold. `nodeCounts` has the number of target nodes of each group, in the order of the job.
 * @throws AppError `plan.limit-exceeded` that names the numbers and what to change.
 */
export const checkPlanLimits = (job: Job, nodeCounts: readonly number[]): void => {
  checkPhases(job);
  checkStages(job, nodeCounts);
  checkHistory(job, nodeCounts);
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

const numbered = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** What makes the history of a group long, and what would make it shorter. */
const remedy = (name: string, { soaks, gates }: GroupNeeds): string =>
  [
    `Give '${name}' fewer rounds, such as rounds: [1, 10%, 50%, 100%]`,
    ...(gates > 0 ? [`let fewer of them wait for people (approval: after: first)`] : []),
    ...(soaks > 0 && gates === 0 ? ['leave out the soak'] : []),
    'or split the job in two that run one after the other.',
  ].join(', ');

const checkHistory = (job: Job, nodeCounts: readonly number[]): void => {
  const { total, groups } = historyNeeds(job, nodeCounts);
  if (total <= historyLimit) return;
  const longest = groups.reduce((one, other) => (other.events > one.events ? other : one));
  const name = job.spec.groups[groups.indexOf(longest)]?.name ?? '';
  const parts = [
    numbered(longest.stages, 'stage'),
    ...(longest.soaks > 0 ? [numbered(longest.soaks, 'soak')] : []),
    ...(longest.gates > 0 ? [`${numbered(longest.gates, 'wait')} for people`] : []),
  ].join(', ');
  throw new AppError(
    'plan.limit-exceeded',
    `The run may need ${total} history events, the limit of Step Functions is ${historyLimit}; group '${name}' alone needs ${longest.events} (${parts})`,
    { hint: remedy(name, longest) },
  );
};

const checkStages = (job: Job, nodeCounts: readonly number[]): void => {
  const stages = job.spec.groups.map((group, index) =>
    group.strategy === 'oneShot' ? group.phases.length : countStages(job, group, nodeCounts[index] ?? 0),
  );
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
