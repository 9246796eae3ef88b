import { type Context, Hono } from 'hono';
import { breakLockRequestSchema, putBudgetRequestSchema } from '#shared/contract/lock-views.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** What runs keep from each other, and the disruption budgets. */
export const lockRoutes = (services: ApiServices): Hono<ApiEnv> => {
  const nameOf = (c: Context<ApiEnv>): string => c.req.param('budget') ?? '';
  return new Hono<ApiEnv>()
    .get('/locks', async (c) => c.json(await services.listLocks()))
    .post('/locks/break', async (c) =>
      c.json(await services.breakLock(await readBody(c, breakLockRequestSchema), c.get('actor'))),
    )
    .get('/budgets', async (c) => c.json(await services.listBudgets()))
    .put('/budgets/:budget', async (c) =>
      c.json(await services.putBudget(nameOf(c), await readBody(c, putBudgetRequestSchema), c.get('actor'))),
    )
    .delete('/budgets/:budget', async (c) => c.json(await services.removeBudget(nameOf(c), c.get('actor'))));
};
