import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { narrowingFlagsSchema, narrowingOptions } from '../../inputs/job-options.ts';
import { narrowingOf } from '../../inputs/narrowing.ts';
import { wholeRunArgs } from '../../runs/control-command.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';

/** `drover run continue`. */
export const runContinueCommand = defineCommand({
  name: 'continue',
  summary: 'Run what is left of a run that is at its end, each node from its own next operation',
  args: wholeRunArgs,
  options: [
    { flags: '--force', description: 'run everything again, also what succeeded' },
    ...narrowingOptions,
    ...watchOptions,
  ],
  schema: narrowingFlagsSchema.extend({ ...watchSchema.shape, force: z.boolean().default(false) }),
  run: async (session, { force, ...options }, [text = '']) => {
    const connection = await session.connect();
    const runId = await resolveWholeRunId(connection.client, text);
    const mode = force ? 'force' : 'continue';
    const view = await connection.client.continueRun(runId, { mode, only: narrowingOf(options) });
    session.say(`Attempt ${view.attempt} of run ${runId} started`);
    return followRun(session, connection, view, options);
  },
});
