import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DroverClient } from '#shared/client/client.ts';
import type { PreviewScheduleRequestInput } from '#shared/contract/schedule-views.ts';

const followMs = 10_000;

/** All schedules, with what is due next and what became of the last due time. */
export const schedulesQuery = (client: DroverClient) =>
  queryOptions({
    queryKey: ['schedules'],
    queryFn: async () => (await client.listSchedules()).items,
    refetchInterval: followMs,
  });

/** A schedule with its tag and its due times to come. */
export const scheduleQuery = (client: DroverClient, name: string, next: number) =>
  queryOptions({
    queryKey: ['schedule', name, next],
    queryFn: () => client.viewSchedule(name, { next }),
    refetchInterval: followMs,
    placeholderData: keepPreviousData,
  });

/** What became of the due times of a schedule, newest first. */
export const firingsQuery = (client: DroverClient, name: string) =>
  infiniteQueryOptions({
    queryKey: ['firings', name],
    queryFn: ({ pageParam }) =>
      client.listFirings(name, { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: followMs,
  });

/** What an expression means; nothing is asked while there is none. */
export const previewQuery = (client: DroverClient, request: PreviewScheduleRequestInput | undefined) =>
  queryOptions({
    queryKey: ['schedule-preview', request],
    queryFn: () => (request === undefined ? null : client.previewSchedule(request)),
    enabled: request !== undefined,
    retry: false,
    placeholderData: keepPreviousData,
  });
