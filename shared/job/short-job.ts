import { type Job, jobSchema } from '../model/job.ts';
import { shortForm } from './short-form.ts';

/** A job as a person would write it: without what is only a default. Reading it gives the same job. */
export const shortJob = (job: Job): unknown => shortForm(jobSchema, job);
