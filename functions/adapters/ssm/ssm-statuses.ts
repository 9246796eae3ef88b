import type { InstanceReport } from '#shared/ports/agent.ts';

type State = InstanceReport['state'];

/** What a status of SSM means to us. */
export interface StatusMeaning {
  readonly state: State;
  /** Why, for the states that need a reason. */
  readonly reason: string | null;
}

const means = (state: State, reason: string | null = null): StatusMeaning => ({ state, reason });

/**
 * SSM's detailed statuses of an invocation (Systems Manager user guide, "Understanding command statuses"), without spaces and with
 * `Cancelled` spelt so; {@link normaliseStatus} brings them into this form.
 */
export const detailedStatuses: Readonly<Record<string, StatusMeaning>> = {
  Pending: means('waiting'),
  Delayed: means('waiting'),
  InProgress: means('running'),
  Cancelling: means('running'),
  Success: means('succeeded'),
  Failed: means('failed'),
  ExecutionTimedOut: means('timedOut', 'SSM’s agent killed it after its execution timeout.'),
  // No final answer before the command expired. Only without a start is it proof that nothing ran: see statusMeaning.
  DeliveryTimedOut: means('error', 'SSM got no final answer before the command expired; it had started.'),
  Cancelled: means('cancelled', 'It was cancelled at SSM.'),
  Undeliverable: means('undeliverable', 'The instance does not exist, or its SSM agent does not respond.'),
  Terminated: means('undeliverable', 'SSM did not send it, because too many other instances had failed.'),
  InvalidPlatform: means('undeliverable', 'The instance does not run the platform that the command is for.'),
  AccessDenied: means('undeliverable', 'The orchestrator may not send commands to this instance.'),
};

/**
 * The coarse statuses, for a detailed one that is not in the table. A word that is terminal but says no more than "failed" may hide
 * that the script ran, so it is an error (of which the caller makes `lost`), not a failure.
 */
export const coarseStatuses: Readonly<Record<string, StatusMeaning>> = {
  Pending: means('waiting'),
  Delayed: means('waiting'),
  InProgress: means('running'),
  Cancelling: means('running'),
  Success: means('succeeded'),
  Failed: means('error', 'SSM reports a failure that this version of Drover does not know.'),
  TimedOut: means('error', 'SSM reports a timeout that this version of Drover does not know.'),
  Cancelled: means('cancelled', 'It was cancelled at SSM.'),
};

/** Words in neither table: taken as not at their end, because a verdict is never changed again and the caller's deadline ends the wait. */
const unknown = means('running');

const neverStarted = means(
  'undeliverable',
  'The SSM agent of the instance did not take it before the command expired.',
);

/** Documentation prints spaces, the wire has none, and both spellings of cancelled occur. */
export const normaliseStatus = (status: string): string =>
  status.replaceAll(/\s/g, '').replace(/^Canceled$/, 'Cancelled');

const meaningIn = (table: Readonly<Record<string, StatusMeaning>>, word: string): StatusMeaning | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** The meaning of an invocation's statuses. `started`: SSM gives a time at which it started. */
export const statusMeaning = (row: {
  readonly status: string;
  readonly statusDetails: string;
  readonly started: boolean;
}): StatusMeaning => {
  const details = normaliseStatus(row.statusDetails);
  if (details === 'DeliveryTimedOut' && !row.started) return neverStarted;
  return meaningIn(detailedStatuses, details) ?? meaningIn(coarseStatuses, normaliseStatus(row.status)) ?? unknown;
};
