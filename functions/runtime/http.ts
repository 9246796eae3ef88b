import { createFetchHttp } from '#functions/adapters/http/fetch-http.ts';
import type { Http } from '#shared/ports/services.ts';
import { systemClock } from './process.ts';

/** Requests to the outside, by this process. */
export const openHttp = (): Http => createFetchHttp(systemClock);
