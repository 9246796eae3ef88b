import { createContext, use } from 'react';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import type { Session } from '../session/session.ts';

/** What screens need of the world. */
export interface Api {
  readonly client: DroverClient;
  readonly session: Session;
  /** Version of the server. */
  readonly version: string;
}

/** The API on the origin of this page. */
export const createApi = (session: Session, version: string): Api => ({
  client: createClient({ baseUrl: location.origin, fetch: session.fetch }),
  session,
  version,
});

export const ApiContext = createContext<Api | undefined>(undefined);

/** The API of this page. */
export const useApi = (): Api => {
  const api = use(ApiContext);
  if (api === undefined) throw new Error('There is no API around this component.');
  return api;
};
