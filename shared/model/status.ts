/**
 * Glossary. Node: one target. Job: a definition. Run: one execution of a job, in attempts. Group, round, stage, slice: parts of the plan
 * (a slice is one phase on the nodes of one stage). Batch: nodes of a slice that one agent call can reach. Invocation: one sending of one
 * operation to one batch. Result: what happened to one node in one invocation. Ledger: the per node, phase and operation record.
 */

/** Status of a node in a phase, and of one operation on a node. Terminal statuses are left only by a new attempt. */
export const nodeStatuses = [
  'pending',
  'running',
  'waitingInput',
  'succeeded',
  'failed',
  'ignored',
  'skipped',
  'timedOut',
  'undeliverable',
  'lost',
  'aborted',
] as const;
export type NodeStatus = (typeof nodeStatuses)[number];

/**
 * How an operation can end on a node. `undeliverable`: the agent never took it. `lost`: taken, and no answer by the deadline, so it may have
 * run. `skipped`: its condition was false. `aborted`: stopped by an operator.
 */
export const outcomeStatuses = [
  'succeeded',
  'failed',
  'skipped',
  'timedOut',
  'undeliverable',
  'lost',
  'aborted',
] as const satisfies readonly NodeStatus[];
export type OutcomeStatus = (typeof outcomeStatuses)[number];

/** Status of a run. `completed`: nothing failed, something was ignored. */
export const runStatuses = [
  'queued',
  'waitingApproval',
  'running',
  'pausing',
  'paused',
  'aborting',
  'succeeded',
  'completed',
  'failed',
  'aborted',
  'rejected',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Status of a phase, a group and a slice: the words of a run and `pending` before, `skipped` when there was nothing to do. */
export const phaseStatuses = [
  'pending',
  'running',
  'paused',
  'succeeded',
  'completed',
  'failed',
  'aborted',
  'skipped',
] as const;
export type PhaseStatus = (typeof phaseStatuses)[number];

const terminalNode: ReadonlySet<NodeStatus> = new Set([
  'succeeded',
  'failed',
  'ignored',
  'skipped',
  'timedOut',
  'undeliverable',
  'lost',
  'aborted',
]);
const terminalRun: ReadonlySet<RunStatus> = new Set(['succeeded', 'completed', 'failed', 'aborted', 'rejected']);
const failing: ReadonlySet<NodeStatus> = new Set(['failed', 'timedOut', 'undeliverable', 'lost']);

/** True when a node will not change any more in this attempt. */
export const isTerminalNodeStatus = (status: NodeStatus): boolean => terminalNode.has(status);
/** True when a run will not change any more in this attempt. */
export const isTerminalRunStatus = (status: RunStatus): boolean => terminalRun.has(status);
/** True for the statuses that the failure budget counts. */
export const isFailingStatus = (status: NodeStatus): boolean => failing.has(status);

/** How many nodes have each status; a status without nodes is absent. */
export type StatusCounts = Readonly<Partial<Record<NodeStatus, number>>>;

/** Adds counts up. */
export const addCounts = (counts: readonly StatusCounts[]): StatusCounts => {
  const sum: Partial<Record<NodeStatus, number>> = {};
  for (const one of counts)
    for (const status of nodeStatuses) {
      const n = one[status];
      if (n) sum[status] = (sum[status] ?? 0) + n;
    }
  return sum;
};

/** Counts a list of statuses. */
export const countStatuses = (statuses: Iterable<NodeStatus>): StatusCounts => {
  const sum: Partial<Record<NodeStatus, number>> = {};
  for (const status of statuses) sum[status] = (sum[status] ?? 0) + 1;
  return sum;
};

/** How many of the counted nodes the failure budget counts. */
export const failingCount = (counts: StatusCounts): number =>
  nodeStatuses.reduce((n, status) => n + (failing.has(status) ? (counts[status] ?? 0) : 0), 0);

/** How many nodes are counted in all. */
export const totalCount = (counts: StatusCounts): number => nodeStatuses.reduce((n, s) => n + (counts[s] ?? 0), 0);

/** How many of the counted nodes are at their end. */
export const terminalCount = (counts: StatusCounts): number =>
  nodeStatuses.reduce((n, s) => n + (terminalNode.has(s) ? (counts[s] ?? 0) : 0), 0);
