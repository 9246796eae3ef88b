import type { NodeStatus, PhaseStatus, RunStatus } from '#shared/model/status.ts';

type AnyStatus = NodeStatus | PhaseStatus | RunStatus;

/** Sign and colour of a status; the sign is for those who do not tell the colours apart. */
const looks: Readonly<Record<AnyStatus, readonly [sign: string, colour: string]>> = {
  pending: ['·', 'pending'],
  queued: ['·', 'pending'],
  running: ['▸', 'running'],
  waitingInput: ['?', 'waiting'],
  waitingApproval: ['?', 'waiting'],
  pausing: ['‖', 'waiting'],
  paused: ['‖', 'waiting'],
  aborting: ['▪', 'aborted'],
  succeeded: ['✓', 'succeeded'],
  completed: ['✓', 'ignored'],
  ignored: ['~', 'ignored'],
  skipped: ['–', 'skipped'],
  failed: ['✕', 'failed'],
  timedOut: ['⧖', 'timedout'],
  undeliverable: ['⊘', 'lost'],
  lost: ['!', 'lost'],
  aborted: ['▪', 'aborted'],
  rejected: ['✕', 'aborted'],
};

/** One character for a status. */
export const statusSign = (status: AnyStatus): string => looks[status][0];

/** Name of the CSS variable with the colour of a status. */
export const statusVariable = (status: AnyStatus): string => `--status-${looks[status][1]}`;

/** The colour of a status, for styles. */
export const statusColor = (status: AnyStatus): string => `var(${statusVariable(status)})`;
