import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { changingQueries, nodeResultsQuery, type RunPlace, runMapQuery } from '#console/api/run-detail-queries.ts';
import { createClient } from '#shared/client/client.ts';
import type { RunMap } from '#shared/contract/map-views.ts';
import { nodeIdSchema, runIdSchema } from '#shared/model/ids.ts';

const runId = runIdSchema.parse('01HZZZZZZZZZZZZZZZZZZZZZZZ');
const nodes = { nodeIds: [nodeIdSchema.parse('i-1')], names: ['web-1'] };

/** A server that answers maps as the real one: without lists for who has them. */
const createPlace = (more: Partial<RunPlace> = {}) => {
  const asked: string[] = [];
  const answer = { lists: 'a', letter: 'r' };
  const client = createClient({
    baseUrl: 'http://drover.test',
    fetch: async (url) => {
      const { searchParams } = new URL(String(url));
      asked.push(searchParams.toString());
      const list = searchParams.get('known') === answer.lists ? {} : nodes;
      const phases: RunMap['groups'][number]['phases'] = [{ name: 'p', on: 'target', statuses: answer.letter }];
      return Response.json({
        ...{ runId, attempt: 1, status: 'running', lists: answer.lists },
        groups: [{ name: 'g', ...list, phases }],
      } satisfies RunMap);
    },
  });
  const place: RunPlace = { client, runId, attempt: undefined, status: 'running', nodeCount: 1, ...more };
  return { place, asked, answer };
};

describe('the map of a run', () => {
  it('fetches lists of nodes once, and keeps them', async () => {
    const { place, asked, answer } = createPlace();
    const cache = new QueryClient();
    await cache.fetchQuery(runMapQuery(place));
    answer.letter = 's';
    const map = await cache.fetchQuery({ ...runMapQuery(place), staleTime: 0 });

    expect(asked).toEqual(['', 'known=a']);
    expect(map.groups[0]).toMatchObject({ ...nodes, phases: [{ statuses: 's' }] });
  });

  it('is another one for each attempt', async () => {
    const { place, asked } = createPlace({ attempt: 2 });
    const cache = new QueryClient();
    await cache.fetchQuery(runMapQuery(place));
    await cache.fetchQuery(runMapQuery({ ...place, attempt: 3 }));

    expect(asked).toEqual(['attempt=2', 'attempt=3']);
  });

  it('is asked for again once the run has ended, as nodes and results are, and as nothing that stays the same', async () => {
    const { place } = createPlace();
    const cache = new QueryClient();
    await cache.fetchQuery(runMapQuery(place));
    cache.setQueryData(nodeResultsQuery(place, 'i-1').queryKey, []);
    cache.setQueryData(['run', runId, 'output', 'r', 'stdout'], 'text');
    await cache.invalidateQueries(changingQueries(runId));
    const stale = cache
      .getQueryCache()
      .getAll()
      .filter(({ state }) => state.isInvalidated);

    expect(stale.map(({ queryKey }) => queryKey[3])).toEqual(['map', 'results']);
  });
});

describe('one node', () => {
  const everyMs = (more: Partial<RunPlace>): unknown =>
    nodeResultsQuery(createPlace(more).place, 'i-1').refetchInterval;

  it('is asked for less often the more nodes there are, and not at all once the run has ended', () => {
    expect([10, 10_000, 150_000].map((nodeCount) => everyMs({ nodeCount }))).toEqual([2000, 10_000, 30_000]);
    expect(everyMs({ status: 'failed' })).toBe(false);
  });
});
