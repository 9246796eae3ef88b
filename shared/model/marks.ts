import * as z from 'zod';
import { nodeStatuses } from './status.ts';

/**
 * An operator's word on nodes of a phase. `ignored`: what happened there, or did not happen, is taken as tolerated. `reset`: what is known of
 * it is forgotten, so that it is as if nothing had run.
 */
export const markKinds = ['ignored', 'reset'] as const;
export type MarkKind = (typeof markKinds)[number];

/** The mark of one node in one phase, kept among the results of its batch. */
export const nodeMarkSchema = z.strictObject({
  kind: z.enum(markKinds),
  /** Number of the order that it comes from, from 1: of several marks the one with the highest number counts. */
  order: z.int().min(1),
  /** How the node stood before. */
  was: z.enum(nodeStatuses),
});
export type NodeMark = z.infer<typeof nodeMarkSchema>;

/** What an operator ordered: which nodes of which phases, when, and why. */
export const markOrderSchema = z.strictObject({
  kind: z.enum(markKinds),
  at: z.iso.datetime(),
  actor: z.string(),
  reason: z.string().optional(),
  /** Attempt that the run was in, or had ended with. */
  attempt: z.int().min(1),
  groups: z.array(z.string()).optional(),
  phases: z.array(z.string()).optional(),
  /** Blob with the ids or names of the nodes that were named (`string[]`); absent when all were meant. */
  nodesBlob: z.string().optional(),
  /** Blob with the places to mark (`MarkPlaces`); absent when none of the nodes had had its turn. */
  placesBlob: z.string().optional(),
  /** Places that were marked: a node counts once in each phase. */
  placeCount: z.int().min(0),
  /** False until every place has its mark. */
  applied: z.boolean(),
});
export type MarkOrder = z.infer<typeof markOrderSchema>;
