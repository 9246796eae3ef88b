import type { z } from 'zod';
import { runViewSchema } from '../run-views.ts';

/** One endpoint of the HTTP API: where it is, what it takes, what it answers. `path` has OpenAPI placeholders (`{runId}`). */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly tag: 'runs' | 'plan' | 'nodes' | 'commands' | 'jobs' | 'files' | 'locks' | 'costs' | 'schedules' | 'meta';
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly status: 200 | 202;
  readonly answer?: z.ZodType;
  /** What the answer's body is where it is no JSON. */
  readonly media?: 'text/plain';
  /** False when no token is asked. */
  readonly secured: boolean;
  /** True when the Idempotency-Key header is taken. */
  readonly idempotent?: true;
  /** True when the answer has an ETag; a request that changes something takes If-Match and If-None-Match then. */
  readonly tagged?: true;
}

/** Reads something. */
export const read = { method: 'get', status: 200, secured: true } as const;

/** Does something, and answers what came of it. */
export const ask = { method: 'post', status: 200, secured: true } as const;

/** Changes what is kept under a name. */
export const change = { status: 200, secured: true, tagged: true } as const;

/** Has something done to a run, which goes on after the answer. */
export const act = { method: 'post', status: 202, secured: true, tag: 'runs', answer: runViewSchema } as const;
