import { Hono } from 'hono';
import type { ApiDeps, ApiEnv } from './api-env.ts';
import { authenticate } from './authenticate.ts';
import { problemAnswers, routeNotFound } from './problems.ts';
import { requestIds } from './request-id.ts';
import { examinationRoutes } from './routes/examination.ts';
import type { ApiServices } from './services.ts';

/** What the app stands on. */
export type ExaminationAppDeps = Omit<ApiDeps, 'services' | 'version'> & {
  readonly services: Pick<ApiServices, 'examine'>;
};

/** The part of the HTTP API that a function of its own answers, because it has rights that the API does not need. */
export const createExaminationApp = ({ services, authorize, log, newRequestId }: ExaminationAppDeps): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .use(requestIds(newRequestId))
    .route('/v1', new Hono<ApiEnv>().use(authenticate(authorize)).route('/', examinationRoutes(services)))
    .notFound(routeNotFound)
    .onError(problemAnswers(log));
