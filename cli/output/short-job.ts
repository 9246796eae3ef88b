import { shortForm } from '#shared/job/short-form.ts';
import { type Job, jobSchema } from '#shared/model/job.ts';

/** A job as a person would write it: without what is only a default. Reading it gives the same job. */
export const shortJob = (job: Job): unknown => shortForm(jobSchema, job);
