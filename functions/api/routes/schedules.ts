import { type Context, Hono } from 'hono';
import { pageQuerySchema } from '#shared/contract/requests.ts';
import {
  previewScheduleRequestSchema,
  putScheduleRequestSchema,
  scheduleControlRequestSchema,
  scheduleQuerySchema,
} from '#shared/contract/schedule-views.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readIdempotencyKey, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';
import { answerTagged, writerOf } from '../tagged.ts';

const nameOf = (c: Context<ApiEnv>): string => c.req.param('schedule') ?? '';

/** Schedules: put, look, control. */
export const scheduleRoutes = (services: ApiServices): Hono<ApiEnv> => {
  const control =
    (act: ApiServices['pauseSchedule']) =>
    async (c: Context<ApiEnv>): Promise<Response> =>
      c.json(await act(nameOf(c), await readBody(c, scheduleControlRequestSchema), c.get('actor')));
  const run = async (c: Context<ApiEnv>): Promise<Response> => {
    const idempotencyKey = readIdempotencyKey(c);
    const request = await readBody(c, scheduleControlRequestSchema);
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const { firing, created } = await services.runSchedule(nameOf(c), { ...request, ...key, actor: c.get('actor') });
    if (!created) c.header('Idempotency-Replayed', 'true');
    return c.json(firing);
  };
  return new Hono<ApiEnv>()
    .get('/schedules', async (c) => c.json(await services.listSchedules()))
    .get('/schedules/:schedule', async (c) =>
      answerTagged(c, await services.viewSchedule(nameOf(c), readQuery(c, scheduleQuerySchema))),
    )
    .put('/schedules/:schedule', async (c) =>
      answerTagged(c, await services.putSchedule(nameOf(c), await readBody(c, putScheduleRequestSchema), writerOf(c))),
    )
    .delete('/schedules/:schedule', async (c) => c.json(await services.removeSchedule(nameOf(c), c.get('actor'))))
    .post('/schedules/:schedule/pause', control(services.pauseSchedule))
    .post('/schedules/:schedule/resume', control(services.resumeSchedule))
    .post('/schedules/:schedule/run', run)
    .get('/schedules/:schedule/firings', async (c) =>
      c.json(await services.listFirings(nameOf(c), readQuery(c, pageQuerySchema))),
    )
    .post('/schedule-preview', async (c) =>
      c.json(await services.previewSchedule(await readBody(c, previewScheduleRequestSchema))),
    );
};
