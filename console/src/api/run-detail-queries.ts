import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { gatherPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import type { RunMap } from '#shared/contract/map-views.ts';
import type { NodeRowsQuery, OutputPlace, ResultsQuery, SearchQuery } from '#shared/contract/requests.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunStatus } from '#shared/model/status.ts';
import { withLists } from '../runs/map/map-cells.ts';
import { followMs, whileOpen } from './run-queries.ts';

/** A run, and which of its attempts is looked at; all of them when none is named. */
export interface RunPlace {
  readonly client: DroverClient;
  readonly runId: RunId;
  readonly attempt: number | undefined;
  /** How the run stands: what has ended is not asked for again. */
  readonly status: RunStatus | undefined;
  /** Nodes in all of its groups. */
  readonly nodeCount: number;
}

/** What happened on one node is found among what happened on all: the more there are, the less often it is asked for, at most every half minute. */
const oneNodeMs = ({ nodeCount }: RunPlace): number => Math.min(30_000, Math.max(followMs.map, nodeCount));

const attemptOf = ({ attempt }: RunPlace): { readonly attempt?: number } => (attempt === undefined ? {} : { attempt });
const keyOf = (what: string, { runId, attempt }: RunPlace) => ['run', runId, attempt ?? 'all', what] as const;

/** What changes with a run. What was printed and the job stay as they are. */
const changing: ReadonlySet<unknown> = new Set(['map', 'nodes', 'results', 'outputs', 'matches']);

/** Queries of a run to ask again when it comes to its end: what was last heard may be from just before that. */
export const changingQueries = (runId: RunId) => ({
  queryKey: ['run', runId],
  predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => changing.has(queryKey[3]),
});

/** How every node stands; lists of nodes come once. */
export const runMapQuery = (place: RunPlace) => {
  const queryKey = keyOf('map', place);
  return queryOptions({
    queryKey,
    queryFn: async ({ client: cache }) => {
      const before = cache.getQueryData<RunMap>(queryKey);
      const known = before === undefined ? {} : { known: before.lists };
      return withLists(await place.client.viewRunMap(place.runId, { ...attemptOf(place), ...known }), before);
    },
    refetchInterval: whileOpen(place.status, followMs.map),
    // Lists of a hundred thousand nodes are not compared one by one every two seconds.
    structuralSharing: false,
  });
};

/** Rows in one answer. */
const rowsAtOnce = 500;

/** Nodes per phase, page by page. The more pages are open, the less often they are asked for again. */
export const nodeRowsQuery = (place: RunPlace, filters: Partial<NodeRowsQuery>) =>
  infiniteQueryOptions({
    queryKey: [...keyOf('nodes', place), filters],
    queryFn: ({ pageParam }) =>
      place.client.listNodeRows(place.runId, {
        ...filters,
        ...attemptOf(place),
        limit: rowsAtOnce,
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) =>
      whileOpen(place.status, Math.max(followMs.map, (state.data?.pages.length ?? 0) * followMs.map)),
    // Rows that were fetched are not compared one by one with every page that comes.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

/** Everything that happened on one node. */
export const nodeResultsQuery = (place: RunPlace, node: string) =>
  queryOptions({
    queryKey: [...keyOf('results', place), node],
    queryFn: () =>
      gatherPages((page) =>
        place.client.listResults(place.runId, { ...page, ...attemptOf(place), node, tries: 'all' }),
      ),
    refetchInterval: whileOpen(place.status, oneNodeMs(place)),
  });

/** How one node stands in its phases. */
export const nodePlacesQuery = (place: RunPlace, node: string) =>
  queryOptions({
    queryKey: [...keyOf('nodes', place), 'of', node],
    queryFn: () =>
      gatherPages((page) => place.client.listNodeRows(place.runId, { ...page, ...attemptOf(place), node })),
    refetchInterval: whileOpen(place.status, oneNodeMs(place)),
  });

/** A long stream, part by part. */
export const outputQuery = ({ client, runId }: Pick<RunPlace, 'client' | 'runId'>, { result, stream }: OutputPlace) =>
  infiniteQueryOptions({
    queryKey: ['run', runId, 'output', result, stream],
    queryFn: ({ pageParam }) => client.readOutput(runId, { result, stream, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ nextOffset }) => nextOffset,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Ends that leave something to read. */
const failedStatuses: NodeRowsQuery['status'] = ['failed', 'timedOut'];

/** The first node that failed, or null when none has: where one begins to read. */
export const firstFailureQuery = (place: RunPlace) =>
  queryOptions({
    queryKey: keyOf('firstFailure', place),
    queryFn: async () =>
      (await place.client.listNodeRows(place.runId, { ...attemptOf(place), status: failedStatuses, limit: 1 }))
        .items[0] ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What one operation printed on its nodes, page by page. */
export const operationResultsQuery = (place: RunPlace, filters: Partial<Pick<ResultsQuery, 'phase' | 'operation'>>) =>
  infiniteQueryOptions({
    queryKey: [...keyOf('outputs', place), filters],
    queryFn: ({ pageParam }) =>
      place.client.listResults(place.runId, {
        ...filters,
        ...attemptOf(place),
        limit: 1000,
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
  });

/** Lines that match, in the output of all nodes. */
export const outputSearchQuery = (place: RunPlace, search: Pick<SearchQuery, 'pattern' | 'ignoreCase'>) =>
  infiniteQueryOptions({
    queryKey: [...keyOf('matches', place), search],
    queryFn: ({ pageParam }) =>
      place.client.searchOutput(place.runId, {
        ...search,
        ...attemptOf(place),
        limit: 100,
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
  });

/** The job that a run, or one of its attempts, ran. */
export const runJobQuery = (place: RunPlace) =>
  queryOptions({
    queryKey: keyOf('job', place),
    queryFn: () => place.client.viewRunJob(place.runId, attemptOf(place)),
    staleTime: Number.POSITIVE_INFINITY,
  });
