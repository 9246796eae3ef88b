import type { z } from 'zod';
import type { ApiRoute } from '../contract/api-routes.ts';
import { fallbackCode, fromProblem, problemSchema } from '../contract/problem.ts';
import { bodyTooLarge, bytesInJson, maxRequestBytes } from '../contract/sizes.ts';
import { AppError, messageOf } from '../errors/app-error.ts';
import { parseAnswer } from './parse-answer.ts';

/** Where the API is and how to reach it. */
export interface ClientOptions {
  /** Scheme, host and port, with a path when the API is below one; with or without a last slash. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** Bearer token; absent for a server that asks none. */
  readonly token?: string;
}

/** What a call fills into its route. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer, parsed, with its headers. */
export interface Answer<T> {
  readonly data: T;
  readonly headers: Headers;
}

const urlOf = (baseUrl: string, route: ApiRoute, input: CallInput): string => {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(input.path?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  const search = query.toString();
  return `${baseUrl.replace(/\/+$/, '')}${path}${search === '' ? '' : `?${search}`}`;
};

/** A body that the API would not take is not sent: a gateway would answer what nobody understands, or cut the connection. */
const bodyOf = (body: unknown): string => {
  const text = JSON.stringify(body);
  const bytes = bytesInJson(text);
  if (bytes > maxRequestBytes) throw bodyTooLarge(bytes);
  return text;
};

const requestOf = (options: ClientOptions, route: ApiRoute, input: CallInput): RequestInit => ({
  method: route.method.toUpperCase(),
  headers: {
    Accept: 'application/json, application/problem+json',
    ...(input.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
    ...input.headers,
  },
  ...(input.body === undefined ? {} : { body: bodyOf(input.body) }),
  ...(input.signal === undefined ? {} : { signal: input.signal }),
});

const unreachable = (baseUrl: string, cause: unknown): AppError => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return new AppError('service.unreachable', `Cannot reach Drover at ${baseUrl}: ${messageOf(inner)}`, {
    cause,
    hint: 'Check the address, and that the server runs.',
  });
};

const readJson = async (response: Response, what: string): Promise<unknown> => {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError(
      response.ok ? 'service.protocol' : fallbackCode(response.status),
      `${what} was answered ${response.status} and no JSON: ${text.slice(0, 200)}`,
      { cause, hint: 'Is this the address of a Drover API?' },
    );
  }
};

const retryAfterMs = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
};

const errorOf = (response: Response, answer: unknown, what: string): AppError => {
  const problem = problemSchema.safeParse(answer);
  return problem.success
    ? fromProblem(problem.data, retryAfterMs(response))
    : new AppError(fallbackCode(response.status), `${what} was answered ${response.status}`, { cause: answer });
};

/** Calls a route. */
const call = async (options: ClientOptions, route: ApiRoute, input: CallInput): Promise<Response> => {
  const [url, request] = [urlOf(options.baseUrl, route, input), requestOf(options, route, input)];
  try {
    return await options.fetch(url, request);
  } catch (cause) {
    if (input.signal?.aborted) throw cause;
    throw unreachable(options.baseUrl, cause);
  }
};

async function* chunksOf(body: ReadableStream<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new AppError('service.unreachable', `${what} broke off: ${messageOf(cause)}`, { cause, hint: 'Try again.' });
  } finally {
    // A stream that broke says so again here; that it broke is told above.
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Sends one request of the route table whose answer is bytes, and gives them as they come. Where the answer leads elsewhere, `fetch` follows.
 * @throws AppError as {@link sendRequest} does, also while the bytes are read
 */
export const fetchBytes = async (
  options: ClientOptions,
  route: ApiRoute,
  input: CallInput = {},
): Promise<AsyncIterable<Uint8Array>> => {
  const what = `${route.method.toUpperCase()} ${route.path}`;
  const response = await call(options, route, input);
  if (!response.ok) throw errorOf(response, await readJson(response, what), what);
  if (response.body === null) throw new AppError('service.protocol', `${what} was answered without a body`);
  return chunksOf(response.body, what);
};

/**
 * Sends one request of the route table and reads its answer.
 * @throws AppError `service.unreachable` when there is no answer, `service.protocol` when it is not understood,
 * `request.too-large` for a body that the API would not take, and whatever error the server
 * answered with, with its code, places and hint. An abort by `signal` is thrown as it is.
 */
export const sendRequest = async <A extends z.ZodType>(
  options: ClientOptions,
  route: ApiRoute & { readonly answer: A },
  input: CallInput = {},
): Promise<Answer<z.output<A>>> => {
  const what = `${route.method.toUpperCase()} ${route.path}`;
  const response = await call(options, route, input);
  const answer = await readJson(response, what);
  if (!response.ok) throw errorOf(response, answer, what);
  return { data: parseAnswer(route.answer, answer, what), headers: response.headers };
};
