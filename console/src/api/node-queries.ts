import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DroverClient } from '#shared/client/client.ts';

/** Which nodes are meant. */
export interface NodeScope {
  /** A CEL condition over `node`. */
  readonly where?: string | undefined;
  /** Name of a target set. */
  readonly set?: string | undefined;
}

const scopeOf = ({ where, set }: NodeScope) => ({
  ...(where === undefined || where.trim() === '' ? {} : { where }),
  ...(set === undefined || set === '' ? {} : { set }),
});

/** Nodes of the inventory, by id, page by page of one reading of the clouds. */
export const nodesQuery = (client: DroverClient, scope: NodeScope) =>
  infiniteQueryOptions({
    queryKey: ['nodes', scope.where ?? '', scope.set ?? ''],
    queryFn: ({ pageParam }) =>
      client.listNodes({ ...scopeOf(scope), limit: 500, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** How the agents of these nodes stand. */
export const agentsQuery = (client: DroverClient, scope: NodeScope) =>
  queryOptions({
    queryKey: ['agents', scope.where ?? '', scope.set ?? ''],
    queryFn: () => client.viewAgents({ ...scopeOf(scope), limit: 200 }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** Target sets by name. */
export const targetSetsQuery = (client: DroverClient) =>
  queryOptions({ queryKey: ['targets'], queryFn: () => client.listTargetSets({ limit: 1000 }), staleTime: 30_000 });

/** Has the clouds read again, so that lists and agents that are asked for next are of that reading. */
export const readClouds = (client: DroverClient): Promise<unknown> => client.viewAgents({ refresh: true, limit: 0 });
