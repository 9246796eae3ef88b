import { defineCommand } from '../command.ts';
import { jobFlagsSchema, jobOptions } from '../inputs/job-options.ts';
import { readRunRequest } from '../inputs/run-request.ts';
import { planText } from '../output/plan-text.ts';

/** `drover plan`. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what a run would do, without doing it',
  details: 'Nodes and why one is left out, rounds, batches, calls of the agents. Nothing is sent to any node.',
  args: { '[job]': 'job file, - for standard input, or the name of a stored job: name or name@revision' },
  options: jobOptions,
  schema: jobFlagsSchema,
  run: async (session, options, [job]) => {
    const { host, say } = session;
    const client = async () => (await session.connect()).client;
    const { request, explained } = await readRunRequest({ host, client, say }, job, options);
    const plan = await explained((await client()).planPreview(request));
    session.print(plan, () => planText(plan, session.style));
    return 0;
  },
});
