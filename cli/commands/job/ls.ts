import { gatherPages } from '#shared/client/all-pages.ts';
import type { JobSummary } from '#shared/contract/library-views.ts';
import { defineCommand } from '../../command.ts';
import { namesFlagsSchema, namesOptions } from '../../inputs/library-flags.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';

const columns = (style: Style): readonly Column<JobSummary>[] => [
  { title: 'JOB', cell: ({ name }) => name },
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'APPLIED', cell: ({ at }) => at.replace(/\.\d+Z$/, 'Z') },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'REMOVED', cell: ({ removed }) => (removed ? 'yes' : ''), paint: (_row, text) => style.red(text) },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => safeLine(description, 80) },
];

/** `drover job ls`. */
export const jobLsCommand = defineCommand({
  name: 'ls',
  summary: 'List the stored jobs',
  args: { '[prefix]': 'only names that begin with this' },
  options: namesOptions,
  schema: namesFlagsSchema,
  run: async (session, { removed }, [prefix]) => {
    const { client } = await session.connect();
    const items = await gatherPages((page) =>
      client.listJobs({
        ...page,
        removed,
        ...(prefix === undefined ? {} : { prefix }),
      }),
    );
    session.print({ items }, () => renderTable(columns(session.style), items, session.style));
    return 0;
  },
});
