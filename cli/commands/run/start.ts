import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { jobFlagsSchema, jobOptions } from '../../inputs/job-options.ts';
import { readRunRequest } from '../../inputs/run-request.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { submitOnce } from '../../runs/submit.ts';

/** `drover run start`. */
export const runStartCommand = defineCommand({
  name: 'start',
  summary: 'Start a run of a job',
  details:
    'The job is a file (YAML or JSON), - for standard input, or with --params a job of autoexec.\nThe same --key with the same job and parameters starts one run, however often it is sent.',
  args: { '[job]': 'job file' },
  options: [
    ...jobOptions,
    { flags: '--key <key>', description: 'idempotency key, 1 to 255 characters' },
    ...watchOptions,
  ],
  schema: jobFlagsSchema.extend({ ...watchSchema.shape, key: z.string().min(1).max(255).optional() }),
  run: async (session, options, [jobFile]) => {
    const { host, say } = session;
    const client = async () => (await session.connect()).client;
    const request = await readRunRequest({ host, client, say }, jobFile, options);
    const connection = await session.connect();
    const { run, replayed } = await submitOnce(host, connection.client, request, options.key);
    say(`Run ${run.runId} of ${run.job.name} ${replayed ? 'was started under this key before' : 'started'}`);
    return followRun(session, connection, run, options);
  },
});
