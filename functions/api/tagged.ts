import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';
import type { LibraryWriter, Tagged } from './services.ts';

/** Who sends a request, and what it expects of what there is (If-Match, If-None-Match). */
export const writerOf = (c: Context<ApiEnv>): LibraryWriter => {
  const [ifMatch, ifNoneMatch] = [c.req.header('if-match'), c.req.header('if-none-match')];
  return {
    actor: c.get('actor'),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
};

/** Answers with something and its entity tag. */
export const answerTagged = (c: Context<ApiEnv>, { view, etag }: Tagged<object>): Response => {
  c.header('ETag', etag);
  return c.json(view);
};
