import { costQuerySchema } from '#shared/contract/cost-views.ts';
import { defineCommand } from '../command.ts';
import { costsText } from '../output/cost-text.ts';

/** `drover cost`. */
export const costCommand = defineCommand({
  name: 'cost',
  summary: 'Show what the runs of a month cost, by job',
  details:
    'Runs that have ended, at list prices. It counts what each run used: state transitions, functions, reads and writes of the table, blobs.\nOn the local cloud nothing is paid; it shows what the same run costs on AWS.',
  options: [
    { flags: '--month <month>', description: 'as 2026-11, UTC; otherwise this month' },
    { flags: '--job <name>', description: 'runs of this job only' },
  ],
  schema: costQuerySchema,
  run: async (session, query) => {
    const { client } = await session.connect();
    const view = await client.listCosts(query);
    session.print(view, () => costsText(view, session.style));
    return 0;
  },
});
