import * as z from 'zod';
import { defineCommand } from '../../command.ts';

/** `drover budget rm`. */
export const budgetRemoveCommand = defineCommand({
  name: 'rm',
  summary: 'Take a disruption budget away',
  details: 'What waits for it goes on.',
  args: { '<name>': 'name of the budget' },
  schema: z.object({}),
  run: async (session, _options, [name = '']) => {
    const { client } = await session.connect();
    const budget = await client.removeBudget(name);
    session.print(budget, () => `budget ${budget.name} removed\n`);
    return 0;
  },
});
