import { defineCommand } from '../../command.ts';
import { exitCodeOfRun } from '../../exit-codes.ts';
import {
  isOver,
  printSummary,
  reasonOption,
  reasonSchema,
  stayUntil,
  wholeRunArgs,
} from '../../runs/control-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';

/** `drover run resume`. */
export const runResumeCommand = defineCommand({
  name: 'resume',
  summary: 'Let a paused run go on, each node at its own next operation',
  args: wholeRunArgs,
  options: [reasonOption],
  schema: reasonSchema,
  run: async (session, request, [text = '']) => {
    const connection = await session.connect();
    const runId = await resolveWholeRunId(connection.client, text);
    const view = await stayUntil(session, connection, await connection.client.resumeRun(runId, request), isOver);
    printSummary(session, view);
    return connection.kind === 'embedded' ? exitCodeOfRun(view.status) : 0;
  },
});
