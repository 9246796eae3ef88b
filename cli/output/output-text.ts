import type { OutputGroup } from '#shared/client/group-outputs.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { type NodeStatus, nodeStatuses } from '#shared/model/status.ts';
import { safeLine, safeText } from './safe-text.ts';
import type { Style } from './style.ts';

/** How output is shown. `safe` takes out what could steer a terminal. */
export interface OutputLook {
  readonly style: Style;
  readonly safe: boolean;
}

const isNodeStatus = (text: string): text is NodeStatus => nodeStatuses.some((status) => status === text);

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

const bodyText = (
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  { style, safe }: OutputLook,
): string => {
  const clean = safe ? safeText : (text: string) => text;
  const errors = ended(clean(stderr))
    .split('\n')
    .slice(0, -1)
    .map((line) => `${style.red('stderr')} ${line}\n`)
    .join('');
  return ended(clean(stdout)) + errors;
};

const endText = (status: string, exitCode: number | null, style: Style): string => {
  const painted = isNodeStatus(status) ? style.status(status) : status;
  return `${painted}${exitCode === null ? '' : ` exit ${exitCode}`}`;
};

/** What equal nodes answered, under their names. */
export const outputGroupText = (group: OutputGroup, look: OutputLook): string => {
  const count = group.nodes.length === 1 ? '' : ` (${group.nodes.length} nodes)`;
  const heading = `${look.style.bold(safeLine(group.folded))}${count} ${endText(group.status, group.exitCode, look.style)}`;
  return `── ${heading}\n${bodyText(group, look)}`;
};

/** One operation on one node with its output. */
export const resultText = (result: ResultView, look: OutputLook): string => {
  const { style } = look;
  const name = result.name === result.nodeId ? result.nodeId : `${safeLine(result.name)} ${style.dim(result.nodeId)}`;
  const round = result.round > 0 ? ` round ${result.round}` : '';
  const took = result.durationMs === null ? '' : ` ${formatDuration(result.durationMs)}`;
  const end = endText(result.status, result.exitCode, style);
  const reason = result.reason === null ? '' : `${style.dim(safeLine(result.reason))}\n`;
  const omitted =
    result.omittedBytes > 0 ? `${style.dim(`… ${result.omittedBytes} bytes of output are not here`)}\n` : '';
  const heading = `── ${style.bold(name)} ${result.group}/${result.phase}/${result.operation}${round} ${end}${took}`;
  return `${heading}\n${reason}${bodyText(result, look)}${omitted}`;
};
