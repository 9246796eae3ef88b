import * as z from 'zod';
import { runRequestSchema } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { jobFlagsSchema, jobOptions } from '../../inputs/job-options.ts';
import { planFlagsSchema, planOptions } from '../../inputs/plan-flags.ts';
import { readRunRequest } from '../../inputs/run-request.ts';
import { jobTitle } from '../../output/job-title.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { showPlan } from '../../runs/show-plan.ts';
import { submitOnce } from '../../runs/submit.ts';

/** `drover run start`. */
export const runStartCommand = defineCommand({
  name: 'start',
  summary: 'Start a run of a job',
  details:
    'The job is a file (YAML or JSON), - for standard input, the name of a stored job (name or name@revision) where there is no such file, or with --params a job of autoexec.\nThe same --key with the same job and parameters starts one run, however often it is sent.',
  args: { '[job]': 'job file, or the name of a stored job' },
  options: [
    ...jobOptions,
    { flags: '--dry-run', description: 'show the plan and start nothing, as drover plan' },
    ...planOptions,
    {
      flags: '--plan <digest>',
      description: 'start only the plan with this digest (12 digits or more of it), as drover plan shows it',
    },
    { flags: '--key <key>', description: 'idempotency key, 1 to 255 characters' },
    ...watchOptions,
  ],
  schema: jobFlagsSchema.extend({
    ...watchSchema.shape,
    ...planFlagsSchema.shape,
    dryRun: z.boolean().optional(),
    plan: runRequestSchema.shape.planDigest,
    key: z.string().min(1).max(255).optional(),
  }),
  run: async (session, options, [job]) => {
    const { host, say } = session;
    const client = async () => (await session.connect()).client;
    const { request, explained } = await readRunRequest({ host, client, say }, job, options);
    const connection = await session.connect();
    if (options.dryRun) return showPlan(session, await explained(connection.client.planPreview(request)), options);
    if (options.show !== undefined || options.detailedExitcode)
      throw new AppError('usage.invalid', '--show and --detailed-exitcode go with --dry-run');
    const seen = { ...request, ...(options.plan === undefined ? {} : { planDigest: options.plan }) };
    const { run, replayed } = await explained(submitOnce(host, connection.client, seen, options.key));
    say(`Run ${run.runId} of ${jobTitle(run.job)} ${replayed ? 'was started under this key before' : 'started'}`);
    return followRun(session, connection, run, options);
  },
});
