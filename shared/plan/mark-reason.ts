import type { MarkOrder } from '../model/marks.ts';
import type { NodeStatus } from '../model/status.ts';

const verbs = { ignored: 'Ignored', reset: 'Reset' } as const;

/** Why a node stands as it does after an operator's word, as a sentence; at most 1,024 characters. */
export const markReason = (
  { kind, actor, reason }: Pick<MarkOrder, 'kind' | 'actor' | 'reason'>,
  was: NodeStatus,
  before: string | null = null,
): string => {
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${verbs[kind]} by ${actor}${why} (was ${was}${before === null ? '' : `: ${before}`})`.slice(0, 1024);
};
