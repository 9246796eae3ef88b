import type { Clock } from '#shared/ports/services.ts';

/** Credentials that change: they end, or their owner exchanges them. */
export interface KeptCredentials<Credentials> {
  /** Those that are good now. Callers that ask while they are being fetched wait for the same ones. */
  current(): Promise<Credentials>;
  /** Credentials in place of `refused`, which the cloud no longer takes: those that were fetched since, else newly fetched ones. */
  instead(refused: Credentials): Promise<Credentials>;
}

/** Credentials as they were fetched. */
export interface FetchedCredentials<Credentials> {
  readonly credentials: Credentials;
  /** Milliseconds since the epoch; from then on new ones are fetched. */
  readonly goodUntilMs: number;
}

/** Keeps credentials while they are good. A failure to fetch them is not kept: the next one to ask tries again. */
export const keepCredentials = <Credentials>(
  fetch: () => Promise<FetchedCredentials<Credentials>>,
  clock: Clock,
): KeptCredentials<Credentials> => {
  let fetching: Promise<Credentials> | undefined;
  let kept: FetchedCredentials<Credentials> | undefined;
  const fetchNew = async (): Promise<Credentials> => {
    try {
      kept = await fetch();
      return kept.credentials;
    } finally {
      fetching = undefined;
    }
  };
  const current = async (): Promise<Credentials> => {
    if (kept !== undefined && clock.now() < kept.goodUntilMs) return kept.credentials;
    fetching ??= fetchNew();
    return fetching;
  };
  return {
    current,
    instead: (refused) => {
      if (kept?.credentials === refused) kept = undefined;
      return current();
    },
  };
};

/** Credentials that are always the same. */
export const fixedCredentials = <Credentials>(credentials: Credentials): KeptCredentials<Credentials> => ({
  current: async () => credentials,
  instead: async () => credentials,
});

/** A call that is made with credentials. */
export interface CredentialCall<Credentials, T> {
  readonly call: (credentials: Credentials) => Promise<T>;
  /** True for an error by which the cloud says that it does not know these credentials, or no longer. Such a call had no effect. */
  readonly isStale: (error: unknown) => boolean;
}

/** Makes a call; once more with other credentials where the cloud does not take those that are kept and there are others. */
export const callWith = async <Credentials, T>(
  source: KeptCredentials<Credentials>,
  { call, isStale }: CredentialCall<Credentials, T>,
): Promise<T> => {
  const used = await source.current();
  try {
    return await call(used);
  } catch (error) {
    if (!isStale(error)) throw error;
    const others = await source.instead(used);
    if (others === used) throw error;
    return call(others);
  }
};
