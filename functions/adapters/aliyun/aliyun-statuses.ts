import type { InstanceReport } from '#shared/ports/agent.ts';

type State = InstanceReport['state'];

/**
 * Cloud Assistant's statuses of an invocation or a file on one instance (DescribeInvocationResults and DescribeSendFileResults references,
 * InvocationStatus). The older fields InvokeStatus and InvokeRecordStatus collapse detail and are not read.
 */
export const invocationStatuses: Readonly<Record<string, State>> = {
  Pending: 'waiting',
  Scheduled: 'waiting',
  Running: 'running',
  Stopping: 'running',
  Success: 'succeeded',
  Failed: 'failed',
  Timeout: 'timedOut',
  Error: 'error',
  Aborted: 'undeliverable',
  Invalid: 'undeliverable',
  Cancelled: 'cancelled',
  Terminated: 'cancelled',
};

/**
 * Error codes that mean that it had started, or may have, whatever the status says. (The others beside Aborted and Invalid say that it
 * was never started: InstanceNotRunning, ClientNotRunning, ClientNotResponse, ClientIsUpgrading, DeliveryTimeout …)
 */
export const startedErrorCodes: ReadonlySet<string> = new Set([
  'ExecutionException',
  'ExecutionInterrupted',
  'InstanceReleased',
]);

const overridable: ReadonlySet<State> = new Set(['failed', 'undeliverable', 'error']);

/** Words that are not in the table are taken as not at their end: a verdict is never changed again, and the caller's deadline ends the wait. */
export const stateOf = (invocationStatus: string, errorCode: string): State => {
  const state = Object.hasOwn(invocationStatuses, invocationStatus) ? invocationStatuses[invocationStatus] : undefined;
  if (state === undefined) return 'running';
  return startedErrorCodes.has(errorCode) && overridable.has(state) ? 'error' : state;
};
