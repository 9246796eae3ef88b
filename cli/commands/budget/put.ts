import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { amountSchema } from '#shared/model/job.ts';
import { defineCommand } from '../../command.ts';
import { targetsOfFlags } from '../../inputs/where.ts';
import { budgetsText } from '../../output/lock-text.ts';

const countText = z.string().regex(/^\d+$/).transform(Number);

/** `drover budget put`. */
export const budgetPutCommand = defineCommand({
  name: 'put',
  summary: 'Make a disruption budget, or replace it',
  details:
    'Never more than --max of the nodes for which --where holds are worked on at once, over all runs. A percentage is of the inventory when a group of a run starts, rounded down, and at least one node; 0 lets none through.',
  args: { '<name>': 'letters, digits, . _ - (at most 64)' },
  options: [
    { flags: '--where <condition>', description: 'CEL condition over node' },
    { flags: '--tag <name=value>', description: 'nodes with this tag (may be repeated: all of them)', many: true },
    { flags: '--max <amount>', description: 'a count, or a percentage such as 20%' },
    { flags: '--description <text>', description: 'what it is for' },
  ],
  schema: z.object({
    where: z.string().optional(),
    tag: z.array(z.string()).optional(),
    max: z.union([countText, amountSchema], 'is not an amount (a count, or a percentage such as 10%)'),
    description: z.string().max(1024).optional(),
  }),
  run: async (session, { max, description, ...nodes }, [name = '']) => {
    const where = targetsOfFlags(nodes)?.where;
    if (where === undefined)
      throw new AppError('usage.invalid', 'Nothing says which nodes are under the budget', {
        hint: `Such as: drover budget put ${name} --tag app=shop --max ${max}`,
      });
    const { client } = await session.connect();
    const budget = await client.putBudget(name, { where, max, ...(description === undefined ? {} : { description }) });
    session.print(budget, () => budgetsText([budget], session.style));
    return 0;
  },
});
