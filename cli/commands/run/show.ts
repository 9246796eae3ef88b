import * as z from 'zod';
import type { NodeRow, RunView } from '#shared/contract/run-views.ts';
import { runCounts } from '#shared/format/run-counts.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { defineCommand } from '../../command.ts';
import { attemptSchema } from '../../inputs/attempt.ts';
import { nodeRowsTable } from '../../output/node-rows.ts';
import { runText } from '../../output/run-text.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';
import { nextSteps } from '../../runs/run-summary.ts';
import type { Session } from '../../session.ts';

/** Statuses that need a reason. */
const notSucceeded: NodeStatus[] = ['failed', 'timedOut', 'undeliverable', 'lost', 'aborted', 'ignored'];
const mostNodes = 20;

const whyText = (session: Session, view: RunView, rows: readonly NodeRow[]): string => {
  if (rows.length === 0) return '';
  const counts = runCounts(view);
  const total = notSucceeded.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  const more = Math.max(0, total - rows.length);
  const rest = more > 0 ? `and ${more} more: drover run nodes ${view.runId} --status ${notSucceeded.join(',')}\n` : '';
  return `\n${nodeRowsTable(rows, session.style)}${rest}`;
};

/** `drover run show`. */
export const runShowCommand = defineCommand({
  name: 'show',
  summary: 'Show a run: phases, rounds, counts, and why nodes did not succeed',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: [
    {
      flags: '--attempt <number>',
      description: 'what this attempt did; otherwise how the run stands after all of them',
    },
  ],
  schema: z.object({ attempt: attemptSchema.optional() }),
  run: async (session, { attempt }, [text = '']) => {
    const { client } = await session.connect();
    const runId = await resolveRunId(client, text);
    const of = attempt === undefined ? {} : { attempt };
    const view = await client.viewRun(runId, of);
    const { items } = await client.listNodeRows(runId, { ...of, status: notSucceeded, limit: mostNodes });
    session.print(view, () => runText(view, session.host.now(), session.style) + whyText(session, view, items));
    if (attempt === undefined) for (const step of nextSteps(view)) session.say(`next: ${step}`);
    return 0;
  },
});
