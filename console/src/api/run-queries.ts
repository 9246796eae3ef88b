import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { DroverClient } from '#shared/client/client.ts';
import type { RunId } from '#shared/model/ids.ts';
import { isTerminalRunStatus, type RunStatus } from '#shared/model/status.ts';

/** How often something that goes on is asked for, in milliseconds. */
export const followMs = { run: 1000, map: 2000, list: 3000 } as const;

/** While a run may change: how often to ask; false once it has ended. */
export const whileOpen = (status: RunStatus | undefined, everyMs: number): number | false =>
  status !== undefined && isTerminalRunStatus(status) ? false : everyMs;

/** Runs, newest first, page by page; all pages that are shown are asked for again. */
export const runsQuery = (client: DroverClient) =>
  infiniteQueryOptions({
    queryKey: ['runs'],
    queryFn: ({ pageParam }) => client.listRuns({ limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: followMs.list,
  });

/** A run, followed until it has ended; or what one of its attempts did. */
export const runQuery = (client: DroverClient, runId: RunId, attempt?: number) =>
  queryOptions({
    queryKey: ['run', runId, attempt ?? 'all'],
    queryFn: () => client.viewRun(runId, attempt === undefined ? {} : { attempt }),
    refetchInterval: ({ state }) => whileOpen(state.data?.status, followMs.run),
  });
