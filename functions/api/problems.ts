import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Problem, problemMediaType, toProblem } from '#shared/contract/problem.ts';
import { AppError, messageOf, toAppError } from '#shared/errors/app-error.ts';
import type { Log } from '#shared/ports/services.ts';
import type { ApiEnv } from './api-env.ts';

const isStatus = (status: number): status is ContentfulStatusCode => status >= 400 && status <= 599;

const answerProblem = (c: Context<ApiEnv>, problem: Problem): Response =>
  c.body(JSON.stringify(problem), isStatus(problem.status) ? problem.status : 500, {
    'Content-Type': problemMediaType,
    'Cache-Control': 'no-store',
  });

/** What a caller may see of an error: all of a coded one, nothing but the request id of a defect. */
const shownProblem = (error: AppError, requestId: string): Problem =>
  error.code === 'internal.bug'
    ? toProblem(
        new AppError('internal.bug', 'Drover could not do this because of a defect of its own', {
          hint: `Please report it with the request id ${requestId}.`,
        }),
        requestId,
      )
    : toProblem(error, requestId);

const logError = (log: Log, error: AppError, requestId: string): void => {
  const { fault, http } = error.kind;
  if (fault === 'caller' && http < 500) return;
  const fields = { requestId, code: error.code, message: error.message };
  if (fault === 'dependency') log.warn('api.dependency-failed', fields);
  else log.error('api.failed', { ...fields, cause: messageOf(error.cause ?? error), stack: stackOf(error) });
};

const stackOf = (error: AppError): string | undefined =>
  error.cause instanceof Error ? error.cause.stack : error.stack;

/** Turns whatever a route throws into an error answer (RFC 9457). Logs once what is not the caller's fault. */
export const problemAnswers =
  (log: Log) =>
  (thrown: Error, c: Context<ApiEnv>): Response => {
    const error = toAppError(thrown);
    const requestId = c.get('requestId');
    logError(log, error, requestId);
    if (error.retryAfterMs !== undefined)
      c.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
    if (error.code === 'auth.required') c.header('WWW-Authenticate', 'Bearer');
    return answerProblem(c, shownProblem(error, requestId));
  };

/** Answers 404 for a path that is no route. */
export const routeNotFound = (c: Context<ApiEnv>): Response => {
  const error = new AppError('route.not-found', `There is no route ${c.req.path}`, {
    hint: 'GET /v1/openapi.json lists the routes.',
  });
  return answerProblem(c, toProblem(error, c.get('requestId')));
};

/** Answers 405 for a path that is a route with other methods. */
export const methodNotAllowed =
  (allowed: readonly string[]) =>
  (c: Context<ApiEnv>): Response => {
    const allow = allowed.map((method) => method.toUpperCase()).join(', ');
    const error = new AppError(
      'request.invalid',
      `${c.req.method} is not possible on ${c.req.path}; possible: ${allow}`,
    );
    c.header('Allow', allow);
    return answerProblem(c, { ...toProblem(error, c.get('requestId')), title: 'Method not allowed', status: 405 });
  };
