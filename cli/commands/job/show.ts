import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { jobArgument } from '../../inputs/references.ts';
import { jobText } from '../../output/job-text.ts';

/** Revisions that are shown below a job. */
const shownRevisions = 10;

/** `drover job show`. */
export const jobShowCommand = defineCommand({
  name: 'show',
  summary: 'Show a stored job: params, phases, and its revisions with who applied them',
  args: { '<job>': 'name or name@revision' },
  options: [{ flags: '--revision <n>', description: 'this revision; the latest without it' }],
  schema: z.object({ revision: z.coerce.number().int().min(1).optional() }),
  run: async (session, options, [text = '']) => {
    const { name, revision = options.revision } = jobArgument(text);
    if (options.revision !== undefined && revision !== options.revision)
      throw new AppError('usage.invalid', `Revision ${revision} or ${options.revision}?`);
    const { client } = await session.connect();
    const { view, etag } = await client.viewJob(name, revision === undefined ? {} : { revision });
    const changes = await client.listJobChanges(name, { limit: shownRevisions });
    session.print({ ...view, etag }, () => jobText(view, changes.items, session.style));
    return 0;
  },
});
