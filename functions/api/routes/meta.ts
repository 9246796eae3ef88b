import { Hono } from 'hono';
import type { HealthView, VersionView } from '#shared/contract/meta-views.ts';
import { openApiDocument } from '#shared/contract/openapi.ts';
import type { ApiEnv } from '../api-env.ts';

/** What anybody may ask: is it up, and what can it do. */
export const publicRoutes = (version: string): Hono<ApiEnv> =>
  new Hono<ApiEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' } satisfies HealthView))
    .get('/v1/openapi.json', (c) => c.json(openApiDocument(version)));

/** Which Drover answers. */
export const versionRoutes = (version: string): Hono<ApiEnv> =>
  new Hono<ApiEnv>().get('/version', (c) => c.json({ name: 'drover', version } satisfies VersionView));
