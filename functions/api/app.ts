import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import { apiRoutes } from '#shared/contract/api-routes.ts';
import { bodyTooLarge, maxRequestBytes } from '#shared/contract/sizes.ts';
import type { ApiDeps, ApiEnv } from './api-env.ts';
import { authenticate } from './authenticate.ts';
import { largeAnswers } from './large-answers.ts';
import { methodNotAllowed, problemAnswers, routeNotFound } from './problems.ts';
import { requestIds } from './request-id.ts';
import { costRoutes } from './routes/costs.ts';
import { examinationRoutes } from './routes/examination.ts';
import { fileRoutes } from './routes/files.ts';
import { commandRoutes, jobRoutes } from './routes/library.ts';
import { lockRoutes } from './routes/locks.ts';
import { publicRoutes, versionRoutes } from './routes/meta.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { planRoutes } from './routes/plan.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { targetRoutes } from './routes/targets.ts';

const limitBody = bodyLimit({
  maxSize: maxRequestBytes,
  onError: () => {
    throw bodyTooLarge();
  },
});

/** The methods of each path of the API; Hono's placeholders instead of OpenAPI's. */
const methodsByPath = (): ReadonlyMap<string, readonly string[]> => {
  const methods = new Map<string, string[]>();
  for (const { path, method } of Object.values(apiRoutes)) {
    const pattern = path.replaceAll('{name}', ':name{.+}').replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(pattern, [...(methods.get(pattern) ?? []), method]);
  }
  return methods;
};

/**
 * The HTTP API as one app, served by Lambda and by the local server alike: `/v1/…` behind a bearer token, `/healthz` and
 * `/v1/openapi.json` without. Every error is an `application/problem+json` answer, and every answer has an `X-Request-Id`.
 */
export const createApp = ({ services, authorize, version, log, newRequestId }: ApiDeps): Hono<ApiEnv> => {
  const secured = new Hono<ApiEnv>()
    .use(authenticate(authorize), limitBody, largeAnswers(services.keepAnswer))
    .route('/', runRoutes(services))
    .route('/', planRoutes(services))
    .route('/', nodeRoutes(services))
    .route('/', targetRoutes(services))
    .route('/', commandRoutes(services))
    .route('/', jobRoutes(services))
    .route('/', fileRoutes(services))
    .route('/', lockRoutes(services))
    .route('/', costRoutes(services))
    .route('/', scheduleRoutes(services))
    .route('/', examinationRoutes(services))
    .route('/', versionRoutes(version));

  const app = new Hono<ApiEnv>()
    .use(requestIds(newRequestId))
    .get('/v1/*', etag())
    .route('/', publicRoutes(version))
    .route('/v1', secured);
  for (const [path, methods] of methodsByPath()) app.all(path, methodNotAllowed(methods));
  return app.notFound(routeNotFound).onError(problemAnswers(log));
};
