import type { Log } from '#shared/ports/services.ts';
import type { ApiServices } from './services.ts';

/** What the HTTP app stands on. */
export interface ApiDeps {
  readonly services: ApiServices;
  /** Who a bearer token belongs to; undefined when it belongs to nobody. Compares in constant time. */
  readonly authorize: (token: string | undefined) => string | undefined;
  /** Version of Drover, as `GET /v1/version` says it. */
  readonly version: string;
  readonly log: Log;
  /** Makes the id of a request that brings none. */
  readonly newRequestId: () => string;
}

/** What the app keeps per request. */
export interface ApiEnv {
  readonly Variables: {
    requestId: string;
    /** Who asks; set on every route that needs a token. */
    actor: string;
  };
}
