import { allPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import type { ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';

/** Which results of a run are asked for. */
export type Filters = Partial<
  Pick<ResultsQuery, 'status' | 'phase' | 'node' | 'operation' | 'attempt' | 'tries' | 'since'>
>;

/** A run and what of it is asked for. */
export interface LogsTarget {
  readonly client: DroverClient;
  readonly runId: RunId;
  readonly filters: Filters;
}

/** The results, page after page, as they are taken. */
export const findResults = ({ client, runId, filters }: LogsTarget): AsyncGenerator<ResultView> =>
  allPages((page) => client.listResults(runId, { ...filters, ...page }));
