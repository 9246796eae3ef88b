import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { printSummary, wholeRunArgs } from '../../runs/control-command.ts';
import { markScopeFlagsSchema, markScopeOf, markScopeOptions } from '../../runs/mark-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';
import { nextSteps } from '../../runs/run-summary.ts';

/** `drover run ignore`. */
export const runIgnoreCommand = defineCommand({
  name: 'ignore',
  summary: 'Take nodes that did not succeed as settled, so that the run can go on past them',
  details:
    'The run must be paused, waiting for approval, or at its end; what is running is never touched. Of a phase, all nodes are ' +
    'meant that have not succeeded there. They count as ignored, for progress, for budgets and for run continue; who, when and ' +
    'why is kept, and run show tells it. run reset takes it back.',
  args: wholeRunArgs,
  options: [
    ...markScopeOptions,
    { flags: '--reason <text>', description: 'why, for those who look at the run later (needed)' },
  ],
  schema: markScopeFlagsSchema.extend({ reason: z.string({ error: 'says why; it is needed' }).min(1).max(512) }),
  run: async (session, { reason, ...scope }, [text = '']) => {
    const { client } = await session.connect();
    const runId = await resolveWholeRunId(client, text);
    const view = await client.ignoreNodes(runId, { reason, only: markScopeOf(scope) });
    printSummary(session, view);
    for (const step of nextSteps(view)) session.say(`next: ${step}`);
    return 0;
  },
});
