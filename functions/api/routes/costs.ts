import { Hono } from 'hono';
import { costQuerySchema } from '#shared/contract/cost-views.ts';
import type { ApiEnv } from '../api-env.ts';
import { readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** What runs cost. */
export const costRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>().get('/costs', async (c) => c.json(await services.listCosts(readQuery(c, costQuerySchema))));
