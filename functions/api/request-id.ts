import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './api-env.ts';

const valid = /^[\w.:-]{1,128}$/;

/** Gives every request an id: the caller's `X-Request-Id` when it is well formed (1 to 128 letters, digits, `._:-`), else a new one. It is on every answer. */
export const requestIds = (newRequestId: () => string) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const asked = c.req.header('x-request-id');
    const requestId = asked !== undefined && valid.test(asked) ? asked : newRequestId();
    c.set('requestId', requestId);
    await next();
    c.header('X-Request-Id', requestId);
  });
