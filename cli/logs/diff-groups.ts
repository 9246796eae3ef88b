import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { OperationResults } from '#shared/client/by-operation.ts';
import { groupWithMembers } from '#shared/client/group-outputs.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { type Stream, streams } from '#shared/script/upload-key.ts';
import { type OutputLook, outputGroupHeading, outputGroupText } from '../output/output-text.ts';
import { safeText } from '../output/safe-text.ts';
import type { LogsTarget } from './find-results.ts';
import { outputBytes } from './output-bytes.ts';

/** Longer streams are compared by their head and tail. */
const mostBytes = 1024 * 1024;
/** Texts that have little in common are not compared line by line. */
const patienceMs = 2000;

/** The text to compare of a group: all of it while that is not too long. */
const textOf = async (target: LogsTarget, result: ResultView, stream: Stream): Promise<string> => {
  const upload = result.uploads?.[stream];
  if (upload === undefined || upload.bytes > mostBytes) return result[stream];
  const chunks: Uint8Array[] = [];
  for await (const chunk of outputBytes(target, result, stream)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

interface Side {
  readonly name: string;
  readonly result: ResultView;
}

const isLong = (result: ResultView, stream: Stream): boolean => (result.uploads?.[stream]?.bytes ?? 0) > mostBytes;

/** How a stream of one group differs from that of another, as a unified diff; nothing when it does not. */
const diffStream = async (
  target: LogsTarget,
  stream: Stream,
  { from, to }: { readonly from: Side; readonly to: Side },
): Promise<string> => {
  const [old, changed] = await Promise.all([textOf(target, from.result, stream), textOf(target, to.result, stream)]);
  const note =
    isLong(from.result, stream) || isLong(to.result, stream)
      ? `… ${stream} is compared by its head and tail: it is longer than ${mostBytes} bytes\n`
      : '';
  if (old === changed) return note;
  const patch = createTwoFilesPatch(`${from.name} ${stream}`, `${to.name} ${stream}`, old, changed, '', '', {
    context: 3,
    timeout: patienceMs,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return note + (patch ?? `… ${stream} differs in too much to compare it line by line\n`);
};

const paint = (patch: string, { style, safe }: OutputLook): string =>
  (safe ? safeText(patch) : patch)
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line);
      if (line.startsWith('+')) return style.green(line);
      return line.startsWith('-') ? style.red(line) : line;
    })
    .join('\n');

/** Nodes that answered the same together: the largest group as it is, the others by how they differ from it. */
export const diffText = async (
  target: LogsTarget,
  { operation, results }: OperationResults,
  look: OutputLook,
): Promise<string> => {
  const [first, ...others] = groupWithMembers(results);
  const base = first?.members[0];
  if (first === undefined || base === undefined) return '';
  const parts = [`${look.style.bold(operation)}\n`, outputGroupText(first.group, look)];
  for (const { group, members } of others) {
    parts.push(outputGroupHeading(group, look));
    for (const member of members.slice(0, 1)) {
      const pair = { from: { name: first.group.folded, result: base }, to: { name: group.folded, result: member } };
      for (const stream of streams) parts.push(paint(await diffStream(target, stream, pair), look));
    }
  }
  return parts.join('');
};
