import { examinationViewSchema, healthViewSchema, versionViewSchema } from './meta-views.ts';
import { type ApiRoute, read } from './routes/api-route.ts';
import { libraryRoutes } from './routes/library-routes.ts';
import { lockRoutes } from './routes/lock-routes.ts';
import { nodeRoutes } from './routes/node-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { scheduleRoutes } from './routes/schedule-routes.ts';
import { targetRoutes } from './routes/target-routes.ts';

export type { ApiRoute } from './routes/api-route.ts';

/** Every endpoint by its operation id. The routes, the client and the OpenAPI document follow this table. */
export const apiRoutes = {
  ...runRoutes,
  ...libraryRoutes,
  ...lockRoutes,
  ...scheduleRoutes,
  ...nodeRoutes,
  ...targetRoutes,
  version: {
    ...read,
    path: '/v1/version',
    tag: 'meta',
    summary: 'Say which Drover answers',
    answer: versionViewSchema,
  },
  examine: {
    ...read,
    path: '/v1/examination',
    tag: 'meta',
    summary: 'Look whether the deployment is well, from inside: what it stands on, its rights, its clock',
    answer: examinationViewSchema,
  },
  openApi: { ...read, path: '/v1/openapi.json', tag: 'meta', summary: 'This document', secured: false },
  health: {
    ...read,
    path: '/healthz',
    tag: 'meta',
    summary: 'Answer when the API is up',
    answer: healthViewSchema,
    secured: false,
  },
} as const satisfies Record<string, ApiRoute>;

/** Operation id of an endpoint. */
export type ApiRouteId = keyof typeof apiRoutes;
