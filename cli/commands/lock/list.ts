import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { locksText } from '../../output/lock-text.ts';

/** `drover lock ls`. */
export const lockListCommand = defineCommand({
  name: 'ls',
  summary: 'List who has which lock now, and who waits for it',
  details: 'Turns of jobs with concurrency, nodes of exclusive jobs, and disruption budgets in use.',
  schema: z.object({}),
  run: async (session) => {
    const { client } = await session.connect();
    const page = await client.listLocks();
    session.print(page, () => locksText(page.items, session.host.now(), session.style));
    return 0;
  },
});
