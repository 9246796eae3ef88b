import { apiRoutes } from '../contract/api-routes.ts';
import type {
  ApplyJobRequest,
  CommandQuery,
  JobQuery,
  NamesQuery,
  Preconditions,
  PutCommandRequest,
  RemoveQuery,
} from '../contract/library-requests.ts';
import type {
  CommandChange,
  CommandPut,
  CommandSummary,
  CommandView,
  JobApplied,
  JobChange,
  JobSummary,
  JobView,
  Removed,
} from '../contract/library-views.ts';
import type { PageQuery } from '../contract/requests.ts';
import type { Page } from '../ports/store.ts';
import { type ClientOptions, sendRequest } from './send-request.ts';
import { headersOf, type Tagged, tagged } from './tagged.ts';
import { toPage } from './to-page.ts';

/** The library as functions: commands and stored jobs, by name. `conditions` are the ETags that must hold, else `precondition.failed`. */
export interface LibraryClient {
  putCommand(name: string, request: PutCommandRequest, conditions?: Preconditions): Promise<Tagged<CommandPut>>;
  listCommands(query?: Partial<NamesQuery>): Promise<Page<CommandSummary>>;
  viewCommand(name: string, query?: Partial<CommandQuery>): Promise<Tagged<CommandView>>;
  listCommandChanges(name: string, query?: Partial<PageQuery>): Promise<Page<CommandChange>>;
  removeCommand(name: string, query?: RemoveQuery, conditions?: Preconditions): Promise<Removed>;
  applyJob(name: string, request: ApplyJobRequest, conditions?: Preconditions): Promise<Tagged<JobApplied>>;
  listJobs(query?: Partial<NamesQuery>): Promise<Page<JobSummary>>;
  viewJob(name: string, query?: JobQuery): Promise<Tagged<JobView>>;
  listJobChanges(name: string, query?: Partial<PageQuery>): Promise<Page<JobChange>>;
  removeJob(name: string, query?: RemoveQuery, conditions?: Preconditions): Promise<Removed>;
}

/** The part of the client that is about the library. */
export const createLibraryClient = (options: ClientOptions): LibraryClient => ({
  putCommand: async (name, body, conditions = {}) =>
    tagged(await sendRequest(options, apiRoutes.putCommand, { path: { name }, body, headers: headersOf(conditions) })),
  listCommands: async (query = {}) => toPage((await sendRequest(options, apiRoutes.listCommands, { query })).data),
  viewCommand: async (name, query = {}) =>
    tagged(await sendRequest(options, apiRoutes.viewCommand, { path: { name }, query })),
  listCommandChanges: async (name, query = {}) =>
    toPage((await sendRequest(options, apiRoutes.listCommandChanges, { path: { name }, query })).data),
  removeCommand: async (name, query = {}, conditions = {}) => {
    const input = { path: { name }, query, headers: headersOf(conditions) };
    return (await sendRequest(options, apiRoutes.removeCommand, input)).data;
  },
  applyJob: async (name, body, conditions = {}) =>
    tagged(await sendRequest(options, apiRoutes.applyJob, { path: { name }, body, headers: headersOf(conditions) })),
  listJobs: async (query = {}) => toPage((await sendRequest(options, apiRoutes.listJobs, { query })).data),
  viewJob: async (name, query = {}) => tagged(await sendRequest(options, apiRoutes.viewJob, { path: { name }, query })),
  listJobChanges: async (name, query = {}) =>
    toPage((await sendRequest(options, apiRoutes.listJobChanges, { path: { name }, query })).data),
  removeJob: async (name, query = {}, conditions = {}) => {
    const input = { path: { name }, query, headers: headersOf(conditions) };
    return (await sendRequest(options, apiRoutes.removeJob, input)).data;
  },
});
