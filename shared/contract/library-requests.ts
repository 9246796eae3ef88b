import * as z from 'zod';
import { pageQuerySchema } from './requests.ts';

const commentSchema = z.string().max(1024).optional();

/** Body of `PUT /v1/commands/{name}`. `command` is checked by the command reader, not here. `comment` says why. */
export const putCommandRequestSchema = z.strictObject({ command: z.unknown(), comment: commentSchema });
export type PutCommandRequest = z.infer<typeof putCommandRequestSchema>;

/** Body of `PUT /v1/jobs/{name}`. `job` is checked by the job reader, not here. `comment` says why. */
export const applyJobRequestSchema = z.strictObject({ job: z.unknown(), comment: commentSchema });
export type ApplyJobRequest = z.infer<typeof applyJobRequestSchema>;

/** Query of `DELETE /v1/commands/{name}` and `DELETE /v1/jobs/{name}`. */
export const removeQuerySchema = z.strictObject({ comment: commentSchema });
export type RemoveQuery = z.infer<typeof removeQuerySchema>;

/** Query of `GET /v1/commands/{name}`: `latest`, or the first digits of a version's id. */
export const commandQuerySchema = z.strictObject({ version: z.string().max(64).default('latest') });
export type CommandQuery = z.infer<typeof commandQuerySchema>;

/** Query of `GET /v1/jobs/{name}`; without a revision, the latest. */
export const jobQuerySchema = z.strictObject({ revision: z.coerce.number().int().min(1).optional() });
export type JobQuery = z.infer<typeof jobQuerySchema>;

/** Query of lists of names. `removed` shows removed ones too. */
export const namesQuerySchema = pageQuerySchema.extend({
  prefix: z.string().max(128).optional(),
  removed: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});
export type NamesQuery = z.infer<typeof namesQuerySchema>;

/** Conditions on what a change finds (RFC 9110, 13.1): the values of the headers If-Match and If-None-Match. */
export interface Preconditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}
