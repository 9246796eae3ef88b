import type { RunView } from '#shared/contract/run-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { addCounts, isTerminalRunStatus, type StatusCounts } from '#shared/model/status.ts';
import { countsText } from '../output/counts-text.ts';
import { attemptMs } from '../output/progress.ts';
import { stopsText } from '../output/stops-text.ts';
import type { Style } from '../output/style.ts';

/** How the nodes of a run stand, over all of its phases: a node counts once in each. */
export const runCounts = (view: RunView): StatusCounts =>
  addCounts(view.groups.flatMap((group) => group.phases.map((phase) => phase.counts)));

/** One line that says how a run ended, or stands. */
export const summaryLine = (view: RunView, now: number, style: Style): string => {
  const phases = view.groups.reduce((sum, group) => sum + group.phases.length, 0);
  const counts = countsText(runCounts(view), style);
  const scope = counts === '' ? 'no nodes' : `${counts}${phases > 1 ? ` (nodes × ${phases} phases)` : ''}`;
  const stopped = stopsText(view.stops);
  const stops = stopped === '' ? '' : ` (${stopped})`;
  const reason = view.reason === undefined ? '' : `: ${view.reason}`;
  return `${style.status(view.status)}  ${view.job.name}  ${view.runId}  ${scope}${stops}  ${formatDuration(attemptMs(view, now))}${reason}`;
};

/** What an operator can do next with a run that stands like this, as commands. */
export const nextSteps = (view: RunView): readonly string[] => {
  const { runId, status } = view;
  if (status === 'paused' || status === 'pausing') return [`drover run resume ${runId}`, `drover run abort ${runId}`];
  if (!isTerminalRunStatus(status)) return [`drover run watch ${runId}`];
  if (status === 'succeeded' || status === 'rejected') return [];
  if (status === 'completed') return [`drover run nodes ${runId} --status ignored`];
  return [`drover run logs ${runId} --status failed,timedOut`, `drover run continue ${runId}`];
};
