import * as z from 'zod';
import { nodeIdSchema, runIdSchema } from '../model/ids.ts';
import { nodeStatuses, runStatuses } from '../model/status.ts';
import { absentLetter, statusLetters } from '../model/status-letters.ts';
import { runQuerySchema } from './requests.ts';

/** Query of `GET /v1/runs/{id}/map`. */
export const runMapQuerySchema = runQuerySchema.extend({
  /** `lists` of a map that the caller has: if the nodes of the groups are still those, they are left out. */
  known: z.string().max(128).optional(),
});
export type RunMapQuery = z.infer<typeof runMapQuerySchema>;

const nodeListShape = {
  nodeIds: z.array(nodeIdSchema),
  /** Names of the nodes, in the order of `nodeIds`. */
  names: z.array(z.string()),
};

const lettersInWords = `A letter for each node: ${nodeStatuses.map((status) => `${statusLetters[status]} ${status}`).join(', ')}, ${absentLetter} not in this phase`;

/**
 * A phase on a map. `statuses` has one letter for each node (`statusLetters`): of the group, or, for a phase that runs on a runner, of the phase's own
 * `nodeIds`, in whose `rounds` (0 in a oneShot group) they ran or will; these three are absent for other phases.
 */
export const mapPhaseSchema = z.object({
  name: z.string(),
  on: z.enum(['target', 'runner', 'runnerPerTarget']),
  statuses: z.string().describe(lettersInWords),
  nodeIds: nodeListShape.nodeIds.optional(),
  names: nodeListShape.names.optional(),
  rounds: z.array(z.int()).optional(),
});
export type MapPhase = z.infer<typeof mapPhaseSchema>;

/** A group on a map. Its nodes keep their order while `lists` is the same; absent when the caller has them (`known`), empty before the group begins. */
export const mapGroupSchema = z.object({
  name: z.string(),
  nodeIds: nodeListShape.nodeIds.optional(),
  names: nodeListShape.names.optional(),
  phases: z.array(mapPhaseSchema),
});
export type MapGroup = z.infer<typeof mapGroupSchema>;

/** How every node of a run stands in every phase, small enough to be asked for again and again. */
export const runMapSchema = z.object({
  runId: runIdSchema,
  /** The attempt that is shown: the current one, or the one that was asked for. */
  attempt: z.int(),
  status: z.enum(runStatuses),
  /** Names the lists of nodes of all groups, to be sent as `known`. */
  lists: z.string(),
  groups: z.array(mapGroupSchema),
});
export type RunMap = z.infer<typeof runMapSchema>;
