import * as z from 'zod';
import { defineCommand } from '../command.ts';
import { jobFlagsSchema, jobOptions } from '../inputs/job-options.ts';
import { planFlagsSchema, planOptions } from '../inputs/plan-flags.ts';
import { readRunRequest } from '../inputs/run-request.ts';
import { showPlan } from '../runs/show-plan.ts';

/** `drover plan`. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what a run would do, without doing it',
  details:
    'Nodes and why one is left out, rounds, batches, scripts with their values, time and cost. Nothing is sent to any node.\nThe digest at its end is the same for the same plan.',
  args: { '[job]': 'job file, - for standard input, or the name of a stored job: name or name@revision' },
  options: [
    ...jobOptions,
    ...planOptions,
    { flags: '--refresh', description: 'read the clouds now, whatever is known of them' },
  ],
  schema: jobFlagsSchema.extend(planFlagsSchema.shape).extend({ refresh: z.boolean().optional() }),
  run: async (session, options, [job]) => {
    const { host, say } = session;
    const client = async () => (await session.connect()).client;
    const { request, explained } = await readRunRequest({ host, client, say }, job, options);
    const plan = await explained((await client()).planPreview(request, options.refresh ? { refresh: true } : {}));
    return showPlan(session, plan, options);
  },
});
