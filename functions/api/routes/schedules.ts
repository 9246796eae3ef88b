import { type Context, Hono } from 'hono';
import { pageQuerySchema } from '#shared/contract/requests.ts';
import {
  previewScheduleRequestSchema,
  putScheduleRequestSchema,
  scheduleControlRequestSchema,
  scheduleQuerySchema,
} from '#shared/contract/schedule-views.ts';
import type { ApiEnv } from '../api-env.ts';
import { readBody, readQuery } from '../parse-request.ts';
import type { ApiServices } from '../services.ts';

const nameOf = (c: Context<ApiEnv>): string => c.req.param('schedule') ?? '';

/** Schedules: put, look, control. */
export const scheduleRoutes = (services: ApiServices): Hono<ApiEnv> => {
  const control =
    (act: ApiServices['pauseSchedule'] | ApiServices['runSchedule']) =>
    async (c: Context<ApiEnv>): Promise<Response> =>
      c.json(await act(nameOf(c), await readBody(c, scheduleControlRequestSchema), c.get('actor')));
  return new Hono<ApiEnv>()
    .get('/schedules', async (c) => c.json(await services.listSchedules()))
    .get('/schedules/:schedule', async (c) =>
      c.json(await services.viewSchedule(nameOf(c), readQuery(c, scheduleQuerySchema))),
    )
    .put('/schedules/:schedule', async (c) =>
      c.json(await services.putSchedule(nameOf(c), await readBody(c, putScheduleRequestSchema), c.get('actor'))),
    )
    .delete('/schedules/:schedule', async (c) => c.json(await services.removeSchedule(nameOf(c), c.get('actor'))))
    .post('/schedules/:schedule/pause', control(services.pauseSchedule))
    .post('/schedules/:schedule/resume', control(services.resumeSchedule))
    .post('/schedules/:schedule/run', control(services.runSchedule))
    .get('/schedules/:schedule/firings', async (c) =>
      c.json(await services.listFirings(nameOf(c), readQuery(c, pageQuerySchema))),
    )
    .post('/schedule-preview', async (c) =>
      c.json(await services.previewSchedule(await readBody(c, previewScheduleRequestSchema))),
    );
};
