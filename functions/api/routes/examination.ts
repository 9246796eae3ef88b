import { Hono } from 'hono';
import type { ApiEnv } from '../api-env.ts';
import type { ApiServices } from '../services.ts';

/** How the deployment finds itself. */
export const examinationRoutes = (services: Pick<ApiServices, 'examine'>): Hono<ApiEnv> =>
  new Hono<ApiEnv>().get('/examination', async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(await services.examine());
  });
