import { defineCommand } from '../command.ts';
import { jobFlagsSchema, jobOptions } from '../inputs/job-options.ts';
import { readRunRequest } from '../inputs/run-request.ts';
import { planText } from '../output/plan-text.ts';

/** `drover plan`. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what a run would do, without doing it',
  details: 'Nodes and why one is left out, rounds, batches, calls of the agents. Nothing is sent to any node.',
  args: { '[job]': 'job file, or - for standard input' },
  options: jobOptions,
  schema: jobFlagsSchema,
  run: async (session, options, [jobFile]) => {
    const { host, say } = session;
    const client = async () => (await session.connect()).client;
    const request = await readRunRequest({ host, client, say }, jobFile, options);
    const plan = await (await client()).planPreview(request);
    session.print(plan, () => planText(plan, session.style));
    return 0;
  },
});
