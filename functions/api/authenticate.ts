import { createMiddleware } from 'hono/factory';
import { AppError } from '#shared/errors/app-error.ts';
import type { ApiDeps, ApiEnv } from './api-env.ts';

const bearer = /^Bearer +([\w.~+/=-]+) *$/i;

/**
 * Lets a request pass when its bearer token belongs to somebody, and keeps who that is.
 * @throws AppError `auth.required`
 */
export const authenticate = (authorize: ApiDeps['authorize']) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const header = c.req.header('authorization');
    const actor = authorize(header?.match(bearer)?.[1]);
    if (actor === undefined)
      throw new AppError('auth.required', header === undefined ? 'A token is needed' : 'This token is not valid', {
        hint: 'Send it as `Authorization: Bearer <token>`.',
      });
    c.set('actor', actor);
    await next();
  });
