import * as z from 'zod';
import type { RunView } from '#shared/contract/run-views.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { defineCommand } from '../../command.ts';
import { isOver, printSummary, reasonOption, reasonSchema, wholeRunArgs } from '../../runs/control-command.ts';
import { watchOptions, watchSchema } from '../../runs/follow-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';
import { watchRun } from '../../runs/watch-run.ts';

/** What is asked for has come true: it is over, and no node may have something left. */
const isConfirmed = (view: RunView): boolean =>
  isOver(view) && (view.stops?.running ?? 0) === 0 && (view.stops?.unknown ?? 0) === 0;

/** `drover run abort`. */
export const runAbortCommand = defineCommand({
  name: 'abort',
  summary: 'Stop a run, also what is running on its nodes',
  details:
    'Of each node where something was running it is recorded whether it is confirmed stopped, still running, or unknown.\n' +
    'With --watch the exit code is 0 when the run has ended and every node is confirmed stopped, else 1.\n' +
    'See the nodes that are not with: drover run nodes <id> --status aborted',
  args: wholeRunArgs,
  options: [
    {
      flags: '--after-batch',
      description: 'start nothing new, let the batches under way go through their operations, then end the run',
    },
    reasonOption,
    ...watchOptions,
  ],
  schema: reasonSchema.extend({ ...watchSchema.shape, afterBatch: z.boolean().default(false) }),
  run: async (session, { reason, afterBatch, watch, timeout }, [text = '']) => {
    const connection = await session.connect();
    const runId = await resolveWholeRunId(connection.client, text);
    const request = { ...(reason === undefined ? {} : { reason }), ...(afterBatch ? { afterBatch } : {}) };
    const asked = await connection.client.abortRun(runId, request);
    const watches = connection.kind === 'embedded' || (watch ?? session.host.stderr.isTerminal);
    if (!watches) {
      printSummary(session, asked);
      return 0;
    }
    const timeoutMs = timeout === undefined ? undefined : parseDurationMs(timeout);
    const view = isOver(asked) ? asked : await watchRun(session, connection, runId, { timeoutMs });
    printSummary(session, view);
    return isConfirmed(view) ? 0 : 1;
  },
});
