import { Hono } from 'hono';
import { nodesQuerySchema } from '#shared/contract/requests.ts';
import type { ApiEnv } from '../api-env.ts';
import { readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** The inventory. */
export const nodeRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>().get('/nodes', async (c) => c.json(await services.listNodes(readQuery(c, nodesQuerySchema))));
