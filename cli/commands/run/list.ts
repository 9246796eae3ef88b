import * as z from 'zod';
import type { RunSummary } from '#shared/contract/run-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { defineCommand } from '../../command.ts';
import { jobTitle } from '../../output/job-title.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

const took = (run: RunSummary, now: number): string =>
  run.startedAt === undefined
    ? ''
    : formatDuration(
        Math.max(0, (run.endedAt === undefined ? now : Date.parse(run.endedAt)) - Date.parse(run.startedAt)),
      );

const columns = (style: Style, now: number): readonly Column<RunSummary>[] => [
  { title: 'RUN', cell: (run) => run.runId },
  { title: 'JOB', cell: (run) => safeLine(jobTitle(run.job), 60) },
  { title: 'STATUS', cell: (run) => run.status, paint: (run, text) => style.status(run.status, text) },
  { title: 'PLACE', cell: ({ turn }) => (turn?.place === undefined ? '' : String(turn.place)), align: 'right' },
  { title: 'ATTEMPT', cell: (run) => String(run.attempt), align: 'right' },
  { title: 'ACTOR', cell: (run) => safeLine(run.actor, 40) },
  { title: 'CREATED', cell: (run) => timeText(run.createdAt) },
  { title: 'TOOK', cell: (run) => took(run, now), align: 'right' },
];

/** `drover run list`. */
export const runListCommand = defineCommand({
  name: 'list',
  summary: 'List runs, newest first',
  options: [
    { flags: '--limit <n>', description: 'at most so many (1 to 1000, default 20)' },
    { flags: '--cursor <cursor>', description: 'go on where the list before ended' },
  ],
  schema: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(20), cursor: z.string().optional() }),
  run: async (session, query) => {
    const { client } = await session.connect();
    const page = await client.listRuns(query);
    session.print(page, () => renderTable(columns(session.style, session.host.now()), page.items, session.style));
    if (page.cursor !== undefined && session.settings.format === 'table')
      session.say(`More: drover run list --cursor ${page.cursor}`);
    return 0;
  },
});
