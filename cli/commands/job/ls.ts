import type { JobSummary } from '#shared/contract/library-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { safeLine } from '../../output/safe-text.ts';
import type { Style } from '../../output/style.ts';
import type { Column } from '../../output/table.ts';
import { defineNamesLs } from '../names-ls.ts';

const columns = (style: Style): readonly Column<JobSummary>[] => [
  { title: 'JOB', cell: ({ name }) => name },
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'APPLIED', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'REMOVED', cell: ({ removed }) => (removed ? 'yes' : ''), paint: (_row, text) => style.red(text) },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => safeLine(description, 80) },
];

/** `drover job ls`. */
export const jobLsCommand = defineNamesLs({
  summary: 'List the stored jobs',
  columns,
  list: (client, query) => client.listJobs(query),
});
