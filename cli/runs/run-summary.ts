import type { RunView } from '#shared/contract/run-views.ts';
import { runCounts } from '#shared/format/run-counts.ts';
import { stopsText } from '#shared/format/stops-text.ts';
import { wasReset } from '#shared/format/was-reset.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { isTerminalRunStatus, type NodeStatus } from '#shared/model/status.ts';
import { countsText } from '../output/counts-text.ts';
import { attemptMs } from '../output/progress.ts';
import type { Style } from '../output/style.ts';

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

const busy: readonly NodeStatus[] = ['running', 'pending'];

/** True when nothing goes on before somebody decides: the run is held at a gate, or all that is under way waits for an answer. */
export const waitsForPeople = (view: RunView): boolean => {
  if (!view.gates.some(({ status }) => status === 'open')) return false;
  if (view.status === 'waitingApproval') return true;
  const open = view.groups.flatMap((group) => group.phases).filter((phase) => phase.status === 'running');
  return open.length > 0 && open.every(({ counts }) => busy.every((status) => (counts[status] ?? 0) === 0));
};

/** How to decide at the gates that are open. */
const gateSteps = ({ runId, gates }: RunView): readonly string[] => {
  const open = gates.filter(({ status }) => status === 'open');
  return open.flatMap(({ gateId, kind }) => {
    const gate = open.length > 1 ? ` --gate ${gateId}` : '';
    return kind === 'input'
      ? [`drover run answer ${runId} VALUE${gate}`]
      : [`drover run approve ${runId}${gate}`, `drover run reject ${runId}${gate}`];
  });
};

/** Ends of nodes that leave output to read, and those that leave only a reason. */
const badEnds = { logs: ['failed', 'timedOut'], nodes: ['undeliverable', 'lost', 'aborted'] } as const;

/** Where to read why nodes ended badly: what they said, when they could say something. */
const badEndStep = (view: RunView): readonly string[] => {
  const counts = runCounts(view);
  for (const [command, statuses] of Object.entries(badEnds)) {
    const met = statuses.filter((status) => (counts[status] ?? 0) > 0);
    if (met.length > 0) return [`drover run ${command} ${view.runId} --status ${met.join(',')}`];
  }
  return [];
};

/** What an operator can do next with a run that stands like this, as commands. */
export const nextSteps = (view: RunView): readonly string[] => {
  const { runId, status } = view;
  if (status === 'paused' || status === 'pausing') return [`drover run resume ${runId}`, `drover run abort ${runId}`];
  if (!isTerminalRunStatus(status)) return [...gateSteps(view), `drover run watch ${runId}`];
  if (wasReset(view)) return [`drover run continue ${runId}`];
  if (status === 'succeeded') return [];
  if (status === 'rejected') return [`drover run continue ${runId}`];
  if (status === 'completed') return [`drover run nodes ${runId} --status ignored`];
  return [...badEndStep(view), `drover run continue ${runId}`];
};
