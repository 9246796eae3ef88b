import { bareOutcome } from '#shared/model/outcome.ts';
import type { BatchNode, InvocationRecord } from '#shared/model/run.ts';
import type { NodeVerdict } from './verdict.ts';

/** What nodes that wait at Drover, not at an agent, have come to: their deadline is their end. */
export const waitingVerdicts = (
  open: readonly BatchNode[],
  { createdAt, deadlineAt }: Pick<InvocationRecord, 'createdAt' | 'deadlineAt'>,
  { nowMs, aborting }: { readonly nowMs: number; readonly aborting: boolean },
): readonly NodeVerdict[] =>
  open.map((batchNode): NodeVerdict => {
    const endMs = Date.parse(deadlineAt ?? createdAt);
    if (nowMs >= endMs)
      return {
        kind: 'said',
        batchNode,
        outcome: {
          ...bareOutcome('succeeded', null),
          startedAt: createdAt,
          durationMs: Math.max(0, endMs - Date.parse(createdAt)),
        },
      };
    if (aborting)
      return { kind: 'said', batchNode, outcome: bareOutcome('aborted', 'It was waiting when the run was aborted.') };
    return { kind: 'open', batchNode };
  });
