import { type NodeId, nodeIdSchema } from '#shared/model/ids.ts';

/** Outputs of runner phases are kept under this name, since they are one value for the whole run. */
export const runnerOutputsNode: NodeId = nodeIdSchema.parse('runner:');
