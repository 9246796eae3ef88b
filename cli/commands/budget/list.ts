import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { budgetsText } from '../../output/lock-text.ts';

/** `drover budget ls`. */
export const budgetListCommand = defineCommand({
  name: 'ls',
  summary: 'List the disruption budgets, and what of them is in use',
  schema: z.object({}),
  run: async (session) => {
    const { client } = await session.connect();
    const page = await client.listBudgets();
    session.print(page, () => budgetsText(page.items, session.style));
    return 0;
  },
});
