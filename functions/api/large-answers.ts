import { createMiddleware } from 'hono/factory';
import { bytesInJson, maxAnswerBytes } from '#shared/contract/sizes.ts';
import type { ApiEnv } from './api-env.ts';
import type { ApiServices } from './services.ts';

/** JSON within JSON is at most so many times as long as UTF-16 text: a character that takes six (`\u0001`) has a backslash, and those count twice. */
const mostGrowth = 7;

/**
 * Leads to where an answer lies (303) when it is longer than Lambda can give back, such as the plan of a hundred thousand nodes. Clients that follow, as
 * `fetch` does, see no difference but in headers.
 */
export const largeAnswers = (keepAnswer: ApiServices['keepAnswer']) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    await next();
    if (!c.res.ok || !(c.res.headers.get('content-type') ?? '').startsWith('application/json')) return;
    const text = await c.res.clone().text();
    if (text.length * mostGrowth <= maxAnswerBytes || bytesInJson(text) <= maxAnswerBytes) return;
    const address = await keepAnswer(text);
    if (address === undefined) return;
    // The address is for this caller, and for minutes.
    c.res = undefined;
    c.res = new Response(null, { status: 303, headers: { Location: address, 'Cache-Control': 'no-store' } });
  });
