import * as z from 'zod';
import { operationSites } from '../job/job-outline.ts';
import { frozenCommandSchema } from '../model/command.ts';
import { type Job, jobSchema } from '../model/job.ts';
import { applyCommands, type FrozenCommands } from './apply-commands.ts';

/** A job as a run keeps it: as it was written, and the commands that it used then, by the reference that it writes. */
export const runJobSchema = jobSchema.extend({ commands: z.record(z.string(), frozenCommandSchema).default({}) });

/** What is stored of a job and its commands for a run. */
export const toRunJob = (job: Job, commands: FrozenCommands): object =>
  Object.keys(commands).length === 0 ? job : { ...job, commands };

/** The job that a run executes. */
export const fromRunJob = ({ commands, ...job }: z.output<typeof runJobSchema>): Job => applyCommands(job, commands);

/** The commands that a job names, each once, in the order of the file. */
export const usedCommands = (job: Job): readonly string[] => [
  ...new Set(operationSites(job).flatMap(({ operation }) => operation.use ?? [])),
];
