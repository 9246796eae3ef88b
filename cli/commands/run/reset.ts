import { defineCommand } from '../../command.ts';
import { printSummary, reasonOption, reasonSchema, wholeRunArgs } from '../../runs/control-command.ts';
import { markScopeFlagsSchema, markScopeOf, markScopeOptions } from '../../runs/mark-command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';
import { nextSteps } from '../../runs/run-summary.ts';

/** `drover run reset`. */
export const runResetCommand = defineCommand({
  name: 'reset',
  summary: 'Forget what came of nodes, so that the next run continue runs them again from their first operation',
  details:
    'The run must be paused, waiting for approval, or at its end. Without --node, --phase and --group all of the run is meant.\n' +
    'Who, when and why is kept. What the nodes printed is kept as well, and outputs stay until they are written again.',
  args: wholeRunArgs,
  options: [...markScopeOptions, reasonOption],
  schema: markScopeFlagsSchema.extend(reasonSchema.shape),
  run: async (session, { reason, ...scope }, [text = '']) => {
    const { client } = await session.connect();
    const runId = await resolveWholeRunId(client, text);
    const only = markScopeOf(scope);
    const view = await client.resetNodes(runId, reason === undefined ? { only } : { reason, only });
    printSummary(session, view);
    for (const step of nextSteps(view)) session.say(`next: ${step}`);
    return 0;
  },
});
