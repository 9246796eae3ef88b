import { Hono } from 'hono';
import { planQuerySchema, runRequestSchema } from '#shared/contract/requests.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

/** What a run would do, without doing it. */
export const planRoutes = (services: ApiServices): Hono<ApiEnv> =>
  new Hono<ApiEnv>().post('/plan', async (c) =>
    c.json(await services.planPreview(await readBody(c, runRequestSchema), readQuery(c, planQuerySchema))),
  );
