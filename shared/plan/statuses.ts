import {
  failingCount,
  type PhaseStatus,
  type RunStatus,
  type StatusCounts,
  terminalCount,
  totalCount,
} from '../model/status.ts';

/**
 * Status of a slice from its nodes. `stopped`: nothing more will start in it (budget, pause, abort).
 * A failing node makes it `failed` and an aborted one `aborted`, whatever the others do; nodes that are left leave it `paused` when it was
 * stopped, else `running` or `pending`. With all nodes at their end: `completed` when one was ignored, `skipped` when all were skipped or there
 * are none, else `succeeded`.
 */
export const sliceStatus = (counts: StatusCounts, { stopped }: { readonly stopped: boolean }): PhaseStatus => {
  if (failingCount(counts) > 0) return 'failed';
  if ((counts.aborted ?? 0) > 0) return 'aborted';
  const total = totalCount(counts);
  if (terminalCount(counts) < total) return leftStatus(counts, stopped);
  if ((counts.ignored ?? 0) > 0) return 'completed';
  return (counts.skipped ?? 0) === total ? 'skipped' : 'succeeded';
};

const leftStatus = (counts: StatusCounts, stopped: boolean): PhaseStatus => {
  if (stopped) return 'paused';
  return (counts.pending ?? 0) === totalCount(counts) ? 'pending' : 'running';
};

/** What is known of a phase beside the slices that were opened. */
export interface PhaseContext {
  /** Slices that the plan has for the phase. */
  readonly expected: number;
  /** True when its group was stopped, so that the slices that are not open yet will not be. */
  readonly stopped: boolean;
}

/** Status of a phase from its opened slices. Those that are still to come count as pending, or as paused when the group was stopped. */
export const phaseStatus = (slices: readonly PhaseStatus[], { expected, stopped }: PhaseContext): PhaseStatus => {
  const missing = Math.max(0, expected - slices.length);
  return combined([...slices, ...Array<PhaseStatus>(missing).fill(stopped ? 'paused' : 'pending')]);
};

/** What a phase means for its group. One that judges rounds and failed is no failure where somebody let the run go on nevertheless. */
export const countedStatus = (
  status: PhaseStatus,
  { judges, groupStopped }: { readonly judges: boolean; readonly groupStopped: boolean },
): PhaseStatus => (judges && status === 'failed' && !groupStopped ? 'completed' : status);

/** Status of a group from its phases. */
export const groupStatus = (phases: readonly PhaseStatus[]): PhaseStatus => combined(phases);

/** What is known of a run beside its groups. */
export interface RunContext {
  /** True when an operator asked for an abort. */
  readonly aborted: boolean;
  /** True when the orchestrator itself could not go on. */
  readonly broken: boolean;
}

/**
 * Status of a run from its groups. An abort counts unless everything had come to a good end before it took hold. A run in which there was
 * nothing to do succeeded. `pausing` and `aborting` are said by the run's control, not by its groups.
 */
export const runStatus = (groups: readonly PhaseStatus[], { aborted, broken }: RunContext): RunStatus => {
  const status = combined(groups);
  if (status === 'succeeded' || status === 'completed') return broken ? 'failed' : status;
  if (aborted && status !== 'skipped') return 'aborted';
  if (broken) return 'failed';
  if (status === 'pending') return 'queued';
  return status === 'skipped' ? 'succeeded' : status;
};

/** Words that decide as soon as one part has them, strongest first. */
const decisive: readonly PhaseStatus[] = ['failed', 'aborted', 'running', 'paused'];

const combined = (parts: readonly PhaseStatus[]): PhaseStatus => {
  const strongest = decisive.find((word) => parts.includes(word));
  if (strongest !== undefined) return strongest;
  if (parts.every((part) => part === 'skipped')) return 'skipped';
  if (parts.includes('pending')) return parts.every((part) => part === 'pending') ? 'pending' : 'running';
  return parts.includes('completed') ? 'completed' : 'succeeded';
};
