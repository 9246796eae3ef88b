import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { narrowingFlagsSchema, narrowingOptions } from '../../inputs/job-options.ts';
import { narrowingOf } from '../../inputs/narrowing.ts';
import { changedJobOptions, changedJobSchema, chooseJob } from '../../runs/changed-job.ts';
import { wholeRunArgs } from '../../runs/control-command.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';

/** `drover run continue`. */
export const runContinueCommand = defineCommand({
  name: 'continue',
  summary: 'Run what is left of a run that is at its end, each node from its own next operation',
  details:
    'With --job the run goes on with another job. Groups and phases are the same when their names are, operations when their ' +
    'ids are; what is done stays done. It is refused where that would not be true. Approvals are asked for again.',
  args: wholeRunArgs,
  options: [
    { flags: '--force', description: 'run everything again, also what succeeded' },
    ...narrowingOptions,
    ...changedJobOptions,
    ...watchOptions,
  ],
  schema: narrowingFlagsSchema.extend({
    ...changedJobSchema.shape,
    ...watchSchema.shape,
    force: z.boolean().default(false),
  }),
  run: async (session, { force, ...options }, [text = '']) => {
    const connection = await session.connect();
    const runId = await resolveWholeRunId(connection.client, text);
    const mode = force ? 'force' : 'continue';
    const { request, explained } = await chooseJob(session, connection, runId, options);
    const view = await explained(
      connection.client.continueRun(runId, { mode, only: narrowingOf(options), ...request }),
    );
    session.say(`Attempt ${view.attempt} of run ${runId} started`);
    return followRun(session, connection, view, options);
  },
});
