import type { RunView } from '#shared/contract/run-views.ts';
import { wasReset } from '#shared/format/was-reset.ts';
import { endsRun } from '#shared/model/run.ts';
import type { RunStatus } from '#shared/model/status.ts';

/** What an operator can ask for. `again`: everything again. `mark`: ignore or reset nodes. */
export type RunAction = 'pause' | 'resume' | 'abort' | 'continue' | 'again' | 'retry' | 'mark' | 'purge';

const underWay = ['pause', 'abort'] as const;
const ended = ['continue', 'again', 'retry', 'mark', 'purge'] as const;

/** By status, the first action first. */
const byStatus: Readonly<Record<RunStatus, readonly RunAction[]>> = {
  queued: underWay,
  waitingApproval: [...underWay, 'mark'],
  running: underWay,
  pausing: ['resume', 'abort'],
  paused: ['resume', 'abort', 'mark'],
  aborting: ['abort'],
  succeeded: ['again', 'retry', 'mark', 'purge'],
  completed: ['again', 'retry', 'mark', 'purge'],
  failed: ended,
  aborted: ended,
  rejected: ended,
};

type ActionsInput = Pick<RunView, 'status' | 'control' | 'marks' | 'attempt'>;

/** What makes sense for a run as it stands; the server decides. */
export const actionsOf = (run: ActionsInput): readonly RunAction[] => {
  const { status, control } = run;
  const actions = byStatus[status];
  // Only what goes on after its batches can still be stopped at once.
  if (control === 'abort') return actions.filter((one) => one !== 'abort' && one !== 'pause' && one !== 'resume');
  if (endsRun(control)) return actions.filter((one) => one !== 'pause' && one !== 'resume');
  const isDone = status === 'succeeded' || status === 'completed';
  return isDone && wasReset(run) ? ['continue', ...actions] : actions;
};
