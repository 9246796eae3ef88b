import type { OutputGroup } from '#shared/client/group-outputs.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { type NodeStatus, nodeStatuses } from '#shared/model/status.ts';
import { streams } from '#shared/script/upload-key.ts';
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

/** Names of equal nodes and how they ended. */
export const outputGroupHeading = (group: OutputGroup, { style }: OutputLook): string => {
  const count = group.nodes.length === 1 ? '' : ` (${group.nodes.length} nodes)`;
  return `── ${style.bold(safeLine(group.folded))}${count} ${endText(group.status, group.exitCode, style)}\n`;
};

/** What equal nodes answered, under their names. */
export const outputGroupText = (group: OutputGroup, look: OutputLook): string =>
  outputGroupHeading(group, look) + bodyText(group, look) + keptText(group, look.style);

/** Streams of which more is kept than is shown. */
const keptText = ({ uploads }: Pick<OutputGroup, 'uploads'>, style: Style): string =>
  streams
    .map((stream) => ({ stream, upload: uploads?.[stream] }))
    .map(({ stream, upload }) =>
      upload === undefined
        ? ''
        : `${style.dim(`… all ${upload.bytes} bytes of ${stream} are kept: see them with drover run logs --full`)}\n`,
    )
    .join('');

/** What is not shown of a result, and where it is. */
const restText = ({ uploads, omittedBytes, uploadProblem }: ResultView, style: Style): string => {
  const why = uploadProblem === undefined ? '' : ` (${safeLine(uploadProblem)})`;
  const lost = omittedBytes > 0 ? `${style.dim(`… ${omittedBytes} bytes of output are not here${why}`)}\n` : '';
  return keptText({ uploads }, style) + lost;
};

/** Heading of a result: which node, what, how it ended. */
export const resultHeading = (result: ResultView, style: Style): string => {
  const name = result.name === result.nodeId ? result.nodeId : `${safeLine(result.name)} ${style.dim(result.nodeId)}`;
  const round = result.round > 0 ? ` round ${result.round}` : '';
  const attempt = result.attempt > 1 ? ` attempt ${result.attempt}` : '';
  const retried = result.tryNumber > 0 ? ` try ${result.tryNumber + 1}` : '';
  const took = result.durationMs === null ? '' : ` ${formatDuration(result.durationMs)}`;
  const end = endText(result.status, result.exitCode, style);
  const reason = result.reason === null ? '' : `${style.dim(safeLine(result.reason))}\n`;
  const place = `${result.group}/${result.phase}/${result.operation}${round}${attempt}${retried}`;
  return `── ${style.bold(name)} ${place} ${end}${took}\n${reason}`;
};

/** One operation on one node with its output. */
export const resultText = (result: ResultView, look: OutputLook): string =>
  resultHeading(result, look.style) + bodyText(result, look) + restText(result, look.style);
