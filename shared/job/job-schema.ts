import { documentJsonSchema } from './document-schema.ts';
import { jobDocument } from './parse-job.ts';

/** The JSON Schema of a job file as its author writes it, for editors. It says less than the job reader, which checks references too. */
export const jobJsonSchema = () => documentJsonSchema(jobDocument);
