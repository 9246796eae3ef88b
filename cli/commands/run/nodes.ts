import * as z from 'zod';
import { gatherPages } from '#shared/client/all-pages.ts';
import { defineCommand } from '../../command.ts';
import { attemptSchema } from '../../inputs/attempt.ts';
import { statusesSchema } from '../../inputs/statuses.ts';
import { nodeRowsTable } from '../../output/node-rows.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';

/** `drover run nodes`. */
export const runNodesCommand = defineCommand({
  name: 'nodes',
  summary: 'List the nodes of a run, per phase',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: [
    { flags: '--status <list>', description: 'only with these statuses, as failed,lost' },
    { flags: '--phase <name>', description: 'only in this phase' },
    { flags: '--node <id>', description: 'only this node' },
    { flags: '--attempt <number>', description: 'what this attempt did; otherwise how they stand after all of them' },
  ],
  schema: z.object({
    status: statusesSchema.optional(),
    phase: z.string().optional(),
    node: z.string().optional(),
    attempt: attemptSchema.optional(),
  }),
  run: async (session, filters, [text = '']) => {
    const { client } = await session.connect();
    const runId = await resolveRunId(client, text);
    const items = await gatherPages((page) => client.listNodeRows(runId, { ...filters, ...page }));
    session.print({ items }, () => nodeRowsTable(items, session.style));
    return 0;
  },
});
