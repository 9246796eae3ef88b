import type { Context } from 'hono';
import type { z } from 'zod';
import { bodyTooLarge, bytesInJson, maxRequestBytes } from '#shared/contract/sizes.ts';
import { AppError, type ErrorPlace } from '#shared/errors/app-error.ts';
import { didYouMean } from '#shared/expression/nearest-word.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import type { ApiEnv } from './api-env.ts';

const escapeToken = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');
const pointerOf = (path: readonly PropertyKey[]): string => path.map((part) => `/${escapeToken(part)}`).join('');

const unknownKey = (key: string, path: readonly PropertyKey[], known: readonly string[]): ErrorPlace => {
  const suggestion = path.length === 0 ? didYouMean(key, known) : undefined;
  return {
    message: `unknown key '${key}'`,
    path: pointerOf([...path, key]),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
};

const placesOf = (issue: z.core.$ZodIssue, known: readonly string[]): readonly ErrorPlace[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => unknownKey(key, issue.path, known))
    : [{ message: issue.message, path: pointerOf(issue.path) }];

const parseAs = <S extends z.ZodObject>(schema: S, value: unknown, part: 'body' | 'query'): z.output<S> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const places = parsed.error.issues.flatMap((issue) => placesOf(issue, known));
  const [first] = places;
  throw new AppError(
    'request.invalid',
    `The ${part} of the request is not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message}`,
    { places },
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('request.invalid', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
      hint: 'Send a JSON object with `Content-Type: application/json`.',
    });
  }
};

/**
 * The body of a request, checked. An empty body counts as `{}`.
 * @throws AppError `request.invalid` with a place for each thing that is wrong, `request.too-large`
 */
export const readBody = async <S extends z.ZodObject>(c: Context<ApiEnv>, schema: S): Promise<z.output<S>> => {
  const text = await c.req.text();
  const bytes = bytesInJson(text);
  if (bytes > maxRequestBytes) throw bodyTooLarge(bytes);
  return parseAs(schema, text.trim() === '' ? {} : parseJson(text), 'body');
};

/**
 * The query of a request, checked; of a repeated key the last counts.
 * @throws AppError `request.invalid`
 */
export const readQuery = <S extends z.ZodObject>(c: Context<ApiEnv>, schema: S): z.output<S> =>
  parseAs(schema, Object.fromEntries(new URL(c.req.url).searchParams), 'query');

/**
 * The run that the path names.
 * @throws AppError `run.not-found` for what cannot be a run id.
 */
export const readRunId = (c: Context<ApiEnv>): RunId => {
  const text = c.req.param('runId');
  const parsed = runIdSchema.safeParse(text);
  if (!parsed.success) throw new AppError('run.not-found', `There is no run '${text}': that is not a run id`);
  return parsed.data;
};

/** The name at the end of the path. */
export const readName = (c: Context<ApiEnv>): string => c.req.param('name') ?? '';

/**
 * The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header), when it brings one.
 * @throws AppError `request.invalid` when it has not 1 to 255 characters.
 */
export const readIdempotencyKey = (c: Context<ApiEnv>): string | undefined => {
  const key = c.req.header('idempotency-key');
  if (key !== undefined && (key.length < 1 || key.length > 255))
    throw new AppError('request.invalid', 'Idempotency-Key must have 1 to 255 characters');
  return key;
};
