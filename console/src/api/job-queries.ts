import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { DroverClient } from '#shared/client/client.ts';

/** So many of the newest runs are looked through for those of one job: the API does not list runs by job. */
export const runsLookedThrough = 200;

/** Stored jobs by name. */
export const jobsQuery = (client: DroverClient, removed: boolean) =>
  infiniteQueryOptions({
    queryKey: ['jobs', removed],
    queryFn: ({ pageParam }) =>
      client.listJobs({ limit: 1000, removed, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
  });

/** A revision of a stored job with its tag; the latest without a number. */
export const jobQuery = (client: DroverClient, name: string, revision?: number) =>
  queryOptions({
    queryKey: ['job', name, revision ?? 'latest'],
    queryFn: () => client.viewJob(name, revision === undefined ? {} : { revision }),
  });

/** Revisions of a stored job, newest first. */
export const jobChangesQuery = (client: DroverClient, name: string) =>
  infiniteQueryOptions({
    queryKey: ['job-changes', name],
    queryFn: ({ pageParam }) =>
      client.listJobChanges(name, { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
  });

/** The runs of a job among the newest ones. */
export const runsOfJobQuery = (client: DroverClient, name: string) =>
  queryOptions({
    queryKey: ['runs', 'of-job', name],
    queryFn: async () =>
      (await client.listRuns({ limit: runsLookedThrough })).items.filter(({ job }) => job.name === name),
    refetchInterval: 5000,
  });
