import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { jobSides } from '../../inputs/diff-sides.ts';
import { printDiff } from '../../output/print-diff.ts';

/** `drover job diff`. */
export const jobDiffCommand = defineCommand({
  name: 'diff',
  summary: 'Compare two revisions of a job, or a file with what is stored',
  details:
    'Each side is a file, or name@revision. One name alone is compared with the revision before; one file with what is stored under its name. Compared is what the jobs say, as drover job export writes it.',
  args: { '<before>': 'file, name or name@revision', '[after]': 'file, name or name@revision' },
  schema: z.object({}),
  run: async (session, _options, [before = '', after]) => {
    const { client } = await session.connect();
    return printDiff(session, await jobSides({ host: session.host, client }, before, after));
  },
});
