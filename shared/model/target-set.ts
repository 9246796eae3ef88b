import * as z from 'zod';
import { nodeIdSchema } from './ids.ts';
import { conditionSchema } from './job-values.ts';

/** Name of a target set. */
export const targetSetNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'is not the name of a target set (letters, digits, . _ -; at most 64 characters)',
  );

/** Most nodes that a set names. */
export const mostSetNodes = 10_000;

/** What a target set says: a CEL condition over `node`, or a list of node ids. One of the two. */
export const targetSetSpecSchema = z.strictObject({
  where: conditionSchema.optional(),
  nodes: z.array(nodeIdSchema).min(1).max(mostSetNodes).optional(),
});
export type TargetSetSpec = z.infer<typeof targetSetSpecSchema>;

/** A target set as it was when a run was planned. */
export const frozenSetSchema = targetSetSpecSchema.extend({ revision: z.int().min(1) });
export type FrozenSet = z.infer<typeof frozenSetSchema>;

/** The target sets of a job, by name. */
export type FrozenSets = Readonly<Record<string, FrozenSet>>;
