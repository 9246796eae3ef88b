/** SSM's pair of coarse status and details; see "Understanding command statuses" of the user guide. */
export interface StatusPair {
  readonly status:
    | 'Pending'
    | 'InProgress'
    | 'Delayed'
    | 'Success'
    | 'Cancelled'
    | 'TimedOut'
    | 'Failed'
    | 'Cancelling';
  readonly details: string;
}

const pair = (status: StatusPair['status'], details: string = status): StatusPair => ({ status, details });

/** Every pair an invocation can show. */
export const INVOCATION_STATUS = {
  pending: pair('Pending'),
  delayed: pair('Delayed'),
  inProgress: pair('InProgress'),
  cancelling: pair('Cancelling'),
  success: pair('Success'),
  failed: pair('Failed'),
  cancelled: pair('Cancelled'),
  executionTimedOut: pair('TimedOut', 'ExecutionTimedOut'),
  deliveryTimedOut: pair('TimedOut', 'DeliveryTimedOut'),
  undeliverable: pair('Failed', 'Undeliverable'),
  terminated: pair('Failed', 'Terminated'),
  invalidPlatform: pair('Failed', 'InvalidPlatform'),
} as const;

const OPEN = new Set<string>(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** True for a status that is never left. */
export const isTerminal = ({ status }: StatusPair): boolean => !OPEN.has(status);

/** Failed and ExecutionTimedOut count against MaxErrors; what was never delivered does not. */
export const countsAsError = ({ details }: StatusPair): boolean =>
  details === 'Failed' || details === 'ExecutionTimedOut';

/** How many invocations of a command are in which state. */
export interface CommandCounts {
  readonly targets: number;
  readonly completed: number;
  readonly errors: number;
  readonly executionTimeouts: number;
  readonly deliveryTimeouts: number;
  readonly cancelled: number;
  readonly successes: number;
  readonly started: number;
  readonly maxErrors: number;
  readonly cancelRequested: boolean;
}

/** The command's own status. It says little of the instances: a success may hide failures below MaxErrors. */
export const commandStatus = (counts: CommandCounts): StatusPair => {
  if (counts.targets === 0) return pair('Success', 'NoInstancesInTag');
  if (counts.completed < counts.targets) {
    if (counts.cancelRequested) return INVOCATION_STATUS.cancelling;
    return counts.started > 0 ? INVOCATION_STATUS.inProgress : INVOCATION_STATUS.pending;
  }
  if (counts.errors > counts.maxErrors) {
    return counts.executionTimeouts === counts.errors ? INVOCATION_STATUS.executionTimedOut : INVOCATION_STATUS.failed;
  }
  if (counts.deliveryTimeouts > 0) return INVOCATION_STATUS.deliveryTimedOut;
  if (counts.cancelled > 0) return INVOCATION_STATUS.cancelled;
  return counts.successes + counts.errors > 0 ? INVOCATION_STATUS.success : INVOCATION_STATUS.failed;
};
