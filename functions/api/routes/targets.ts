import { type Context, Hono } from 'hono';
import { namesQuerySchema, removeQuerySchema } from '#shared/contract/library-requests.ts';
import { pageQuerySchema } from '#shared/contract/requests.ts';
import { putTargetSetRequestSchema, targetSetQuerySchema } from '#shared/contract/target-views.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';
import { answerTagged, writerOf } from '../tagged.ts';

/** Target sets: put, look, remove. */
export const targetRoutes = (services: ApiServices): Hono<ApiEnv> => {
  const nameOf = (c: Context<ApiEnv>): string => c.req.param('set') ?? '';
  return new Hono<ApiEnv>()
    .get('/targets', async (c) => c.json(await services.listTargetSets(readQuery(c, namesQuerySchema))))
    .get('/targets/:set', async (c) =>
      answerTagged(c, await services.viewTargetSet(nameOf(c), readQuery(c, targetSetQuerySchema))),
    )
    .put('/targets/:set', async (c) =>
      answerTagged(
        c,
        await services.putTargetSet(nameOf(c), await readBody(c, putTargetSetRequestSchema), writerOf(c)),
      ),
    )
    .delete('/targets/:set', async (c) =>
      c.json(await services.removeTargetSet(nameOf(c), readQuery(c, removeQuerySchema), writerOf(c))),
    )
    .get('/targets/:set/changes', async (c) =>
      c.json(await services.listTargetSetChanges(nameOf(c), readQuery(c, pageQuerySchema))),
    );
};
