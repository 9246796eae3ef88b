import { defineCommand } from '../../command.ts';
import {
  isOver,
  printSummary,
  reasonOption,
  reasonSchema,
  stayUntil,
  wholeRunArgs,
} from '../../runs/control-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';

/** `drover run pause`. */
export const runPauseCommand = defineCommand({
  name: 'pause',
  summary: 'Start no further operation; what is running finishes',
  args: wholeRunArgs,
  options: [reasonOption],
  schema: reasonSchema,
  run: async (session, request, [text = '']) => {
    const connection = await session.connect();
    const runId = await resolveWholeRunId(connection.client, text);
    const asked = await connection.client.pauseRun(runId, request);
    const isDone = (view: typeof asked) => view.status === 'paused' || isOver(view);
    printSummary(session, await stayUntil(session, connection, asked, isDone));
    return 0;
  },
});
