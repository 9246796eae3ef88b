/** Status of an invocation on one instance (DescribeInvocationResults reference, InvocationStatus). */
export type InstanceStatus =
  | 'Pending'
  | 'Running'
  | 'Stopping'
  | 'Success'
  | 'Failed'
  | 'Timeout'
  | 'Error'
  | 'Aborted'
  | 'Invalid'
  | 'Cancelled'
  | 'Terminated';

const OPEN = new Set<InstanceStatus>(['Pending', 'Running', 'Stopping']);
const STOPPED = new Set<InstanceStatus>(['Cancelled', 'Terminated']);

/** True for a status that is never left. */
export const isOver = (status: InstanceStatus): boolean => !OPEN.has(status);

/** The status of the whole invocation. A success may include instances on which it was stopped. */
export const aggregateStatus = (statuses: readonly InstanceStatus[]): string => {
  for (const open of ['Pending', 'Running', 'Stopping'] as const) if (statuses.includes(open)) return open;
  const successes = statuses.filter((status) => status === 'Success').length;
  const stopped = statuses.filter((status) => STOPPED.has(status)).length;
  if (stopped === statuses.length) return 'Stopped';
  if (successes === 0) return 'Failed';
  return successes + stopped === statuses.length ? 'Success' : 'PartialFailed';
};

/** The older status field, which collapses detail. */
export const legacyStatus = (status: InstanceStatus): string => {
  if (status === 'Pending' || status === 'Running') return 'Running';
  if (status === 'Stopping') return 'Stopping';
  if (status === 'Success') return 'Finished';
  return STOPPED.has(status) ? 'Stopped' : 'Failed';
};
