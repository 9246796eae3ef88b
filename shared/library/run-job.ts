import * as z from 'zod';
import { operationSites } from '../job/job-outline.ts';
import { frozenCommandSchema } from '../model/command.ts';
import { type Job, jobSchema } from '../model/job.ts';
import { type FrozenSets, frozenSetSchema } from '../model/target-set.ts';
import { applyCommands, type FrozenCommands } from './apply-commands.ts';
import { applySets } from './apply-sets.ts';

/**
 * A job as a run keeps it: as it was written, with the commands and target sets that it named, as they were then, by the reference that it writes.
 */
export const runJobSchema = jobSchema.extend({
  commands: z.record(z.string(), frozenCommandSchema).default({}),
  sets: z.record(z.string(), frozenSetSchema).default({}),
});

/** What is stored of a job, its commands and its target sets for a run. */
export const toRunJob = (job: Job, commands: FrozenCommands, sets: FrozenSets): object => {
  const more = {
    ...(Object.keys(commands).length === 0 ? {} : { commands }),
    ...(Object.keys(sets).length === 0 ? {} : { sets }),
  };
  return Object.keys(more).length === 0 ? job : { ...job, ...more };
};

/** The job that a run executes. */
export const fromRunJob = ({ commands, sets, ...job }: z.output<typeof runJobSchema>): Job =>
  applySets(applyCommands(job, commands), sets);

/** The commands that a job names, each once, in the order of the file. */
export const usedCommands = (job: Job): readonly string[] => [
  ...new Set(operationSites(job).flatMap(({ operation }) => operation.use ?? [])),
];
