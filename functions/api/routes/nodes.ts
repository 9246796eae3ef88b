import { Hono } from 'hono';
import { agentsQuerySchema, installAgentsRequestSchema } from '#shared/contract/agent-views.ts';
import { nodesQuerySchema } from '#shared/contract/requests.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** The inventory, and the agents of its nodes. */
export const nodeRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .get('/nodes', async (c) => c.json(await services.listNodes(readQuery(c, nodesQuerySchema))))
    .get('/agents', async (c) => c.json(await services.viewAgents(readQuery(c, agentsQuerySchema))))
    .post('/agents/install', async (c) =>
      c.json(await services.installAgents(await readBody(c, installAgentsRequestSchema), c.get('actor'))),
    );
