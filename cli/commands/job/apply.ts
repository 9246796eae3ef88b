import * as z from 'zod';
import type { JobApplied } from '#shared/contract/library-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { readDocumentFile } from '#shared/job/document-file.ts';
import { jobDocument } from '#shared/job/parse-job.ts';
import { shortJob } from '#shared/job/short-job.ts';
import { defineCommand } from '../../command.ts';
import { withFilePlaces } from '../../inputs/file-places.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf, newOption } from '../../inputs/library-flags.ts';
import { readInputFile } from '../../inputs/read-file.ts';
import { type Column, renderTable } from '../../output/table.ts';

const columns: readonly Column<JobApplied>[] = [
  { title: 'JOB', cell: ({ name }) => name },
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'WHAT', cell: ({ created }) => (created ? 'applied' : 'unchanged') },
  { title: 'DIGEST', cell: ({ digest }) => digest.slice(0, 12) },
];

/** `drover job apply`. */
export const jobApplyCommand = defineCommand({
  name: 'apply',
  summary: 'Store jobs; each change is a new revision',
  details: 'A file that says what the latest revision says already changes nothing. Comments of the file are not kept.',
  args: { '<file...>': 'job files, or - for standard input' },
  options: [...changeOptions, newOption],
  schema: changeFlagsSchema.extend({ new: z.boolean().default(false) }),
  run: async (session, flags, paths) => {
    if (paths.length > 1 && flags.ifMatch !== undefined)
      throw new AppError('usage.invalid', '--if-match is for one file');
    const items: JobApplied[] = [];
    for (const path of paths) {
      const { text, fileName } = await readInputFile(session.host, path);
      const { value: job, source } = readDocumentFile(jobDocument, text, fileName);
      const { client } = await session.connect();
      const body = { job: shortJob(job), ...commentOf(flags) };
      const applied = client.applyJob(job.metadata.name, body, conditionsOf(flags));
      items.push((await withFilePlaces({ fileName, source }, applied)).view);
    }
    session.print({ items }, () => renderTable(columns, items, session.style));
    return 0;
  },
});
