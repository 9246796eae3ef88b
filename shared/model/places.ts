import * as z from 'zod';
import { batchIdSchema, nodeIdSchema } from './ids.ts';
import { nodeStatuses } from './status.ts';

/** Nodes of phases that an attempt runs because they were chosen. Content of the blob of a selection's picks. */
export const pickedPlacesSchema = z.array(
  z.strictObject({
    group: z.string(),
    phase: z.string(),
    /** Round of a grayScale group, from 1; 0 in a oneShot group. */
    round: z.int().min(0),
    nodes: z.array(nodeIdSchema).min(1),
    /** Those of them that begin at their first operation; the others go on at their own next one. */
    fromFirst: z.array(nodeIdSchema),
  }),
);
export type PickedPlaces = z.infer<typeof pickedPlacesSchema>;

/** Nodes of batches that get a mark, with how they stand. Content of the blob of a mark order. */
export const markPlacesSchema = z.array(
  z.strictObject({
    batchId: batchIdSchema,
    nodes: z.array(z.strictObject({ id: nodeIdSchema, was: z.enum(nodeStatuses) })).min(1),
  }),
);
export type MarkPlaces = z.infer<typeof markPlacesSchema>;

/** Ids or names of nodes that an operator named. Content of the blob of a mark order. */
export const namedNodesSchema = z.array(z.string());
