import * as z from 'zod';
import { allPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import { groupOutputs } from '#shared/client/group-outputs.ts';
import type { ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { defineCommand } from '../../command.ts';
import { statusesSchema } from '../../inputs/statuses.ts';
import { type OutputLook, outputGroupText, resultText } from '../../output/output-text.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';
import type { Session } from '../../session.ts';

type Filters = Partial<Pick<ResultsQuery, 'status' | 'phase' | 'node' | 'operation'>>;

const results = (client: DroverClient, runId: RunId, filters: Filters): AsyncGenerator<ResultView> =>
  allPages((cursor) =>
    client.listResults(runId, { ...filters, limit: 1000, ...(cursor === undefined ? {} : { cursor }) }),
  );

const groupTexts = (all: readonly ResultView[], look: OutputLook): string => {
  const byOperation = Map.groupBy(all, ({ group, phase, operation }) => `${group}/${phase}/${operation}`);
  return [...byOperation]
    .map(([operation, some]) => {
      const groups = groupOutputs(some).map((group) => outputGroupText(group, look));
      return `${look.style.bold(operation)}\n${groups.join('')}`;
    })
    .join('\n');
};

/** Prints result after result as it comes, so that any number of them takes no memory. */
const stream = async (session: Session, found: AsyncIterable<ResultView>, raw: boolean): Promise<void> => {
  const { host, style } = session;
  for await (const result of found) {
    if (raw) {
      host.stdout.write(result.stdout);
      host.stderr.write(result.stderr);
    } else host.stdout.write(resultText(result, { style, safe: host.stdout.isTerminal }));
  }
};

/** `drover run logs`. */
export const runLogsCommand = defineCommand({
  name: 'logs',
  summary: 'Print what the operations of a run printed on its nodes',
  args: { '<id>': 'run id, the beginning of one, or last' },
  options: [
    { flags: '--node <id>', description: 'only this node' },
    { flags: '--phase <name>', description: 'only in this phase' },
    { flags: '--operation <id>', description: 'only of this operation' },
    { flags: '--status <list>', description: 'only with these statuses, as failed,timedOut' },
    { flags: '--group-equal', description: 'nodes that answered the same together, the largest group first' },
    {
      flags: '--raw',
      description: 'only the bytes: standard output to standard output, standard error to standard error',
    },
  ],
  schema: z.object({
    node: z.string().optional(),
    phase: z.string().optional(),
    operation: z.string().optional(),
    status: statusesSchema.optional(),
    groupEqual: z.boolean().default(false),
    raw: z.boolean().default(false),
  }),
  run: async (session, { groupEqual, raw, ...filters }, [text = '']) => {
    const { client } = await session.connect();
    const found = results(client, await resolveRunId(client, text), filters);
    if (session.settings.format === 'table' && !groupEqual) {
      await stream(session, found, raw);
      return 0;
    }
    const items: ResultView[] = [];
    for await (const result of found) items.push(result);
    const look = { style: session.style, safe: session.host.stdout.isTerminal };
    session.print(groupEqual ? { groups: groupOutputs(items) } : { items }, () => groupTexts(items, look));
    return 0;
  },
});
