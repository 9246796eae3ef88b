import { QueryClient } from '@tanstack/react-query';
import { isAppError } from '#shared/errors/app-error.ts';

/** True for what may be otherwise a second later. */
const isWorthAnotherTry = (failures: number, error: unknown): boolean =>
  failures < 3 && isAppError(error) && error.kind.retryable;

/** The cache of what the server said. Screens that follow something say how often they ask. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: isWorthAnotherTry, staleTime: 1000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
