import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '#functions/api/api-env.ts';
import { methodNotAllowed, problemAnswers, routeNotFound } from '#functions/api/problems.ts';
import { requestIds } from '#functions/api/request-id.ts';
import { type ConsoleSettings, consolePaths } from '#shared/contract/console-settings.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Log } from '#shared/ports/services.ts';
import { chooseCoding, hasAlready } from './negotiate.ts';
import { findEntry, type Page, type PageEntry } from './page.ts';
import { securityHeaders } from './security-headers.ts';

/** What the app stands on. */
export interface ConsoleDeps {
  /**
   * The built page.
   * @throws AppError `console.not-built`
   */
  readonly page: () => Promise<Page>;
  readonly settings: ConsoleSettings;
  /** Sources beside its own and https that the page may fetch from. */
  readonly connects?: readonly string[];
  readonly log: Log;
  /** Makes the id of a request that brings none. */
  readonly newRequestId: () => string;
}

const withoutSlash = consolePaths.root.slice(0, -1);

/** True for the paths that the console answers; all others are the API's. */
export const isConsolePath = (path: string): boolean =>
  path === '/' || path === withoutSlash || path.startsWith(consolePaths.root);

const secured = (connects: readonly string[]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    await next();
    const secure = new URL(c.req.url).protocol === 'https:';
    for (const [name, value] of Object.entries(securityHeaders({ secure, connects }))) c.header(name, value);
  });

const answerEntry = async (c: Context<ApiEnv>, entry: PageEntry): Promise<Response> => {
  const coding = entry.compressible ? chooseCoding(c.req.header('accept-encoding')) : undefined;
  // Each form of a file has a tag of its own: a cache must not take one for another.
  const tag = `"${entry.digest}${coding === undefined ? '' : `-${coding}`}"`;
  c.header('ETag', tag);
  c.header('Cache-Control', entry.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (entry.compressible) c.header('Vary', 'Accept-Encoding');
  if (hasAlready(c.req.header('if-none-match'), tag)) return c.body(null, 304);
  c.header('Content-Type', entry.mediaType);
  if (coding !== undefined) c.header('Content-Encoding', coding);
  return c.body(Uint8Array.from(await entry.bytes(coding)));
};

const noSuchAsset = (path: string): AppError =>
  new AppError('route.not-found', `The console has no file ${path}`, {
    hint: 'It may have been deployed anew since the page was opened: load the page again.',
  });

/**
 * The web console as one app, served by Lambda and by the local server alike. It answers whoever asks: the files of the page, which are in the public
 * repository, and where to sign in. What the page shows comes from the API.
 */
export const createConsoleApp = ({ page, settings, connects = [], log, newRequestId }: ConsoleDeps): Hono<ApiEnv> => {
  const app = new Hono<ApiEnv>()
    .use(requestIds(newRequestId), secured(connects))
    .on('GET', ['/', withoutSlash], (c) => c.redirect(consolePaths.home, 302))
    .get(consolePaths.settings, async (c) => {
      // Without a page there is no console to have settings.
      await page();
      c.header('Cache-Control', 'no-store');
      return c.json(settings);
    })
    .get(`${consolePaths.root}*`, async (c) => {
      const entry = findEntry(await page(), c.req.path.slice(consolePaths.root.length));
      if (entry === undefined) throw noSuchAsset(c.req.path);
      return answerEntry(c, entry);
    });
  for (const path of ['/', withoutSlash, `${consolePaths.root}*`]) app.all(path, methodNotAllowed(['get', 'head']));
  return app.notFound(routeNotFound).onError(problemAnswers(log));
};
