import * as z from 'zod';
import { targetSetNameSchema, targetSetSpecSchema } from '../model/target-set.ts';
import { changeActions, changedSchema, removedSchema } from './library-views.ts';

const commentSchema = z.string().max(1024).optional();

/** Body of `PUT /v1/targets/{set}`: `where` or `nodes`. `comment` says why. */
export const putTargetSetRequestSchema = targetSetSpecSchema.extend({
  description: z.string().max(1024).optional(),
  comment: commentSchema,
});
export type PutTargetSetRequest = z.infer<typeof putTargetSetRequestSchema>;

/** Query of `GET /v1/targets/{set}`; without a revision, the latest. */
export const targetSetQuerySchema = z.strictObject({ revision: z.coerce.number().int().min(1).optional() });
export type TargetSetQuery = z.infer<typeof targetSetQuerySchema>;

/** A target set in lists, as its latest revision is. */
export const targetSetSummarySchema = z.object({
  name: targetSetNameSchema,
  revision: z.int(),
  description: z.string().optional(),
  /** What it says, in a few words. */
  outline: z.string(),
  removed: z.boolean(),
  ...changedSchema.shape,
});
export type TargetSetSummary = z.infer<typeof targetSetSummarySchema>;

/** One revision of a target set. */
export const targetSetViewSchema = targetSetSummarySchema.extend({
  ...targetSetSpecSchema.shape,
  /** True for the revision that the name means now. */
  latest: z.boolean(),
});
export type TargetSetView = z.infer<typeof targetSetViewSchema>;

/** Answer of `PUT /v1/targets/{set}`; `created` is false when it was like that already. */
export const targetSetPutSchema = targetSetViewSchema.extend({ created: z.boolean() });
export type TargetSetPut = z.infer<typeof targetSetPutSchema>;

/** A revision of a target set in its history, or its removal. */
export const targetSetChangeSchema = z.object({
  revision: z.int(),
  action: z.enum(changeActions),
  description: z.string().optional(),
  outline: z.string(),
  ...changedSchema.shape,
});
export type TargetSetChange = z.infer<typeof targetSetChangeSchema>;

/** Answer of `DELETE /v1/targets/{set}`: also the stored jobs that name it, which cannot be started any more, and what starts them. */
export const targetSetRemovedSchema = removedSchema.extend({
  usedBy: z.array(z.object({ job: z.string(), schedules: z.array(z.string()) })),
});
export type TargetSetRemoved = z.infer<typeof targetSetRemovedSchema>;
