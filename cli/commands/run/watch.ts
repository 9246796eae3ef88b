import { defineCommand } from '../../command.ts';
import { followRun, watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';

/** `drover run watch`. */
export const runWatchCommand = defineCommand({
  name: 'watch',
  summary: 'Watch a run until its end; the exit code is that of the run',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: watchOptions.filter(({ flags }) => flags.startsWith('--timeout')),
  schema: watchSchema.pick({ timeout: true }),
  run: async (session, { timeout }, [text = '']) => {
    const connection = await session.connect();
    const view = await connection.client.viewRun(await resolveRunId(connection.client, text));
    return followRun(session, connection, view, { watch: true, timeout });
  },
});
