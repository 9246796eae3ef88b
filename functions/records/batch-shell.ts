import type { BatchNode } from '#shared/model/run.ts';
import { type Shell, shellOf } from '#shared/script/interpreters.ts';

/** What runs the wrapper on the nodes of a batch, which all have the same. */
export const batchShell = (nodes: readonly Pick<BatchNode, 'via'>[]): Shell => shellOf(nodes[0]?.via.os ?? 'linux');
