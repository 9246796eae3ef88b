import * as z from 'zod';
import type { RetryPlace, RetryPreview } from '#shared/contract/run-views.ts';
import { defineCommand } from '../../command.ts';
import { narrowingFlagsSchema, narrowingOptions } from '../../inputs/job-options.ts';
import { narrowingOf } from '../../inputs/narrowing.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';
import { changedJobOptions, changedJobSchema, chooseJob } from '../../runs/changed-job.ts';
import { wholeRunArgs } from '../../runs/control-command.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';

const columns = (style: Style): readonly Column<RetryPlace>[] => [
  { title: 'NODE', cell: (place) => place.nodeId },
  { title: 'NAME', cell: (place) => (place.name === place.nodeId ? '' : safeLine(place.name, 60)) },
  { title: 'PHASE', cell: (place) => `${place.group}/${place.phase}` },
  { title: 'ROUND', cell: (place) => (place.round > 0 ? String(place.round) : ''), align: 'right' },
  { title: 'STATUS', cell: (place) => place.status, paint: (place, text) => style.status(place.status, text) },
  { title: 'EXIT', cell: (place) => (place.exitCode === null ? '' : String(place.exitCode)), align: 'right' },
  { title: 'FROM', cell: (place) => `${place.operation}${place.fromFirst ? ' (the first)' : ''}` },
];

const previewText = ({ total, items }: RetryPreview, style: Style): string =>
  `${renderTable(columns(style), items, style)}${total > items.length ? `and ${total - items.length} more\n` : ''}`;

/** `drover run retry`. */
export const runRetryCommand = defineCommand({
  name: 'retry',
  summary: 'Run chosen nodes of a run again, in the phases where they are what is chosen, and nothing else',
  details:
    'Nodes are chosen by what came of them: a status (failed, timedOut, undeliverable, lost, aborted, skipped, ignored, succeeded), ' +
    'exit=3, \'output~/text/\' (a line of what they printed that matches), node ids or names; a comma means "or".\n' +
    'A node that failed goes on at its own next operation; one that succeeded, or any with --force, begins at the first.\n' +
    'What was chosen is kept with the attempt. What comes after in the job is not run: that is what run continue is for.',
  args: wholeRunArgs,
  options: [
    { flags: '--nodes <which>', description: "which nodes, as failed,lost or exit=3 or 'output~/no space/'" },
    { flags: '--force', description: 'each node from its first operation' },
    { flags: '--dry-run', description: 'print which nodes, and run nothing' },
    ...narrowingOptions,
    ...changedJobOptions,
    ...watchOptions,
  ],
  schema: narrowingFlagsSchema.extend({
    ...changedJobSchema.shape,
    ...watchSchema.shape,
    nodes: z.string({ error: 'says which nodes, as --nodes failed' }).min(1),
    force: z.boolean().default(false),
    dryRun: z.boolean().default(false),
  }),
  run: async (session, { nodes, force, dryRun, ...options }, [text = '']) => {
    const connection = await session.connect();
    const { client } = connection;
    const runId = await resolveWholeRunId(client, text);
    const { request, explained } = await chooseJob(session, connection, runId, {
      ...options,
      yes: options.yes || dryRun,
    });
    const asked = { nodes, force, only: narrowingOf(options), ...request };
    if (dryRun) {
      const preview = await explained(client.previewRetry(runId, asked));
      session.print(preview, () => previewText(preview, session.style));
      session.say(`${preview.total} would run`);
      return 0;
    }
    const view = await explained(client.retryRun(runId, asked));
    session.say(
      `Attempt ${view.attempt} of run ${runId} started: ${view.attempts.at(-1)?.selection.picks?.placeCount} nodes`,
    );
    return followRun(session, connection, view, options);
  },
});
