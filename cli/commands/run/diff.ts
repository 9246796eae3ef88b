import * as z from 'zod';
import {
  diffRuns,
  type NodeDiff,
  type Pair,
  type PhaseDiff,
  type RunDiff,
  type RunSide,
} from '#shared/client/diff-runs.ts';
import { foldNames } from '#shared/client/fold-names.ts';
import { defineCommand } from '../../command.ts';
import { runSides } from '../../inputs/run-side.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

const label = ({ runId, attempt }: RunSide): string => (attempt === undefined ? runId : `${runId}@${attempt}`);

const pairText = ({ before, after }: Pair<string | number | null>): string => {
  const [was, is] = [String(before ?? '-'), String(after ?? '-')];
  return was === is ? is : `${was} → ${is}`;
};

const columns = (style: Style): readonly Column<NodeDiff>[] => [
  { title: 'NODE', cell: (node) => node.nodeId },
  { title: 'NAME', cell: (node) => (node.name === node.nodeId ? '' : safeLine(node.name, 60)) },
  {
    title: 'STATUS',
    cell: ({ status }) => pairText(status),
    paint: ({ status }, text) => style.status(status.after, text),
  },
  { title: 'EXIT', cell: ({ exitCode }) => pairText(exitCode), align: 'right' },
  { title: 'DIFFERENT IN', cell: ({ operations }) => safeLine(operations.join(', '), 80) },
];

const onlyText = (names: readonly string[], side: RunSide): string =>
  names.length === 0 ? '' : `  only in ${label(side)}: ${safeLine(foldNames(names).join(' '), 200)}\n`;

const phaseText = (phase: PhaseDiff, { before, after }: RunDiff, style: Style): string => {
  const { changed, sameCount, onlyBefore, onlyAfter } = phase;
  const title = `${style.bold(`${phase.group}/${phase.phase}`)}  ${changed.length} changed, ${sameCount} the same\n`;
  const table = changed.length === 0 ? '' : renderTable(columns(style), changed, style);
  return `${title}${onlyText(onlyBefore, before)}${onlyText(onlyAfter, after)}${table}`;
};

/** `drover run diff`. */
export const runDiffCommand = defineCommand({
  name: 'diff',
  summary: 'Compare two runs or two attempts: nodes whose status, exit code or output differs, per phase',
  details:
    'Each side is a run, or one of its attempts as id@2; the second may be @3 alone. One run alone means its last two attempts.\n' +
    'A run stands as it is after all its attempts; an attempt is what that one did.',
  args: { '<before>': 'run, or run@attempt', '[after]': 'run, run@attempt or @attempt' },
  options: [{ flags: '--no-outputs', description: 'compare statuses and exit codes only, which is quicker' }],
  schema: z.object({ outputs: z.boolean().default(true) }),
  run: async (session, options, [one = '', other]) => {
    const { client } = await session.connect();
    const [before, after] = await runSides(client, one, other);
    const diff = await diffRuns(client, before, after, options);
    session.print(diff, () => diff.phases.map((phase) => phaseText(phase, diff, session.style)).join('\n'));
    session.say(`compared ${label(before)} with ${label(after)}`);
    return 0;
  },
});
