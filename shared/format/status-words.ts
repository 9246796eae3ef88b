import type { NodeStatus, PhaseStatus, RunStatus } from '../model/status.ts';

/** Words for statuses where the name is not one. */
const words: Readonly<Partial<Record<NodeStatus | PhaseStatus | RunStatus, string>>> = {
  waitingInput: 'waiting for input',
  waitingApproval: 'waiting for approval',
  timedOut: 'timed out',
};

/** A status as people read it. */
export const statusWords = (status: NodeStatus | PhaseStatus | RunStatus): string => words[status] ?? status;
