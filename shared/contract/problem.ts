import * as z from 'zod';
import { AppError, type ErrorPlace } from '../errors/app-error.ts';
import { type ErrorCode, isErrorCode } from '../errors/catalogue.ts';

/** One wrong place of a request or a file; `pointer` is a JSON Pointer (RFC 6901) into the body. */
export const problemPlaceSchema = z.object({
  detail: z.string(),
  pointer: z.string().optional(),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  suggestion: z.string().optional(),
});

/** An error answer (RFC 9457). `code` is the stable name of the error; `type` is a URI relative to the API and made from it. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(problemPlaceSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Media type of error answers. */
export const problemMediaType = 'application/problem+json';

/** A dotted path (`spec.groups[0].name`) as a JSON Pointer; one that is a pointer already stays as it is. */
export const toPointer = (path: string): string =>
  path === '' || path.startsWith('/')
    ? path
    : `/${path
        .replaceAll('~', '~0')
        .replaceAll('/', '~1')
        .replaceAll(/\[(\d+)\]/g, '.$1')
        .split('.')
        .join('/')}`;

const titleOf = (code: ErrorCode): string => {
  const words = code.replaceAll(/[.-]/g, ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

const toProblemPlace = (place: ErrorPlace): z.infer<typeof problemPlaceSchema> => ({
  detail: place.message,
  pointer: place.path === undefined ? undefined : toPointer(place.path),
  file: place.file,
  line: place.line,
  column: place.column,
  suggestion: place.suggestion,
});

/** An error as the API answers it, and as the CLI prints it with `-o json`. Absent parts are `undefined`, so JSON omits them. */
export const toProblem = (error: AppError, requestId?: string): Problem => ({
  type: `/errors/${error.code}`,
  title: titleOf(error.code),
  status: error.kind.http,
  detail: error.message,
  code: error.code,
  hint: error.hint,
  requestId,
  errors: error.places.length === 0 ? undefined : error.places.map(toProblemPlace),
});

const fallbackCodes: Readonly<Record<number, ErrorCode>> = {
  401: 'auth.required',
  403: 'auth.forbidden',
  404: 'route.not-found',
  413: 'request.too-large',
  429: 'service.unreachable',
  503: 'service.unreachable',
};

/** The code that stands for an error answer whose own code is absent, or unknown to this version. */
export const fallbackCode = (status: number): ErrorCode =>
  fallbackCodes[status] ?? (status < 500 ? 'request.invalid' : 'service.protocol');

const toErrorPlace = (place: z.infer<typeof problemPlaceSchema>): ErrorPlace => ({
  message: place.detail,
  ...(place.pointer === undefined ? {} : { path: place.pointer }),
  ...(place.file === undefined ? {} : { file: place.file }),
  ...(place.line === undefined ? {} : { line: place.line }),
  ...(place.column === undefined ? {} : { column: place.column }),
  ...(place.suggestion === undefined ? {} : { suggestion: place.suggestion }),
});

/** The error that an error answer stands for. `retryAfterMs` comes from its Retry-After header. */
export const fromProblem = (problem: Problem, retryAfterMs?: number): AppError =>
  new AppError(isErrorCode(problem.code) ? problem.code : fallbackCode(problem.status), problem.detail, {
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    places: (problem.errors ?? []).map(toErrorPlace),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: problem,
  });
