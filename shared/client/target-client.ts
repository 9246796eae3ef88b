import { apiRoutes } from '../contract/api-routes.ts';
import type { NamesQuery, Preconditions, RemoveQuery } from '../contract/library-requests.ts';
import type { PageQuery } from '../contract/requests.ts';
import type {
  PutTargetSetRequest,
  TargetSetChange,
  TargetSetPut,
  TargetSetQuery,
  TargetSetRemoved,
  TargetSetSummary,
  TargetSetView,
} from '../contract/target-views.ts';
import type { Page } from '../ports/store.ts';
import { type ClientOptions, sendRequest } from './send-request.ts';
import { headersOf, type Tagged, tagged } from './tagged.ts';
import { toPage } from './to-page.ts';

/** Target sets as functions. `conditions` are the ETags that must hold, else `precondition.failed`. */
export interface TargetClient {
  putTargetSet(name: string, request: PutTargetSetRequest, conditions?: Preconditions): Promise<Tagged<TargetSetPut>>;
  listTargetSets(query?: Partial<NamesQuery>): Promise<Page<TargetSetSummary>>;
  viewTargetSet(name: string, query?: TargetSetQuery): Promise<Tagged<TargetSetView>>;
  listTargetSetChanges(name: string, query?: Partial<PageQuery>): Promise<Page<TargetSetChange>>;
  removeTargetSet(name: string, query?: RemoveQuery, conditions?: Preconditions): Promise<TargetSetRemoved>;
}

/** The part of the client that is about target sets. */
export const createTargetClient = (options: ClientOptions): TargetClient => ({
  putTargetSet: async (set, body, conditions = {}) =>
    tagged(await sendRequest(options, apiRoutes.putTargetSet, { path: { set }, body, headers: headersOf(conditions) })),
  listTargetSets: async (query = {}) => toPage((await sendRequest(options, apiRoutes.listTargetSets, { query })).data),
  viewTargetSet: async (set, query = {}) =>
    tagged(await sendRequest(options, apiRoutes.viewTargetSet, { path: { set }, query })),
  listTargetSetChanges: async (set, query = {}) =>
    toPage((await sendRequest(options, apiRoutes.listTargetSetChanges, { path: { set }, query })).data),
  removeTargetSet: async (set, query = {}, conditions = {}) => {
    const input = { path: { set }, query, headers: headersOf(conditions) };
    return (await sendRequest(options, apiRoutes.removeTargetSet, input)).data;
  },
});
