import { apiRoutes } from '../contract/api-routes.ts';
import type { Preconditions } from '../contract/library-requests.ts';
import type { PageQuery } from '../contract/requests.ts';
import type {
  FiringView,
  PreviewScheduleRequestInput,
  PutScheduleRequestInput,
  ScheduleControlRequest,
  SchedulePreview,
  ScheduleQuery,
  ScheduleSummary,
  ScheduleView,
} from '../contract/schedule-views.ts';
import type { Page } from '../ports/store.ts';
import { type ClientOptions, sendRequest } from './send-request.ts';
import { headersOf, type Tagged, tagged } from './tagged.ts';
import { toPage } from './to-page.ts';

/** What a start by hand answers; `replayed` when the key was known and nothing new was started. */
export interface StartedByHand {
  readonly firing: FiringView;
  readonly replayed: boolean;
}

/** Schedules as functions. */
export interface ScheduleClient {
  putSchedule(
    name: string,
    request: PutScheduleRequestInput,
    conditions?: Preconditions,
  ): Promise<Tagged<ScheduleView>>;
  listSchedules(): Promise<Page<ScheduleSummary>>;
  viewSchedule(name: string, query?: Partial<ScheduleQuery>): Promise<Tagged<ScheduleView>>;
  previewSchedule(request: PreviewScheduleRequestInput): Promise<SchedulePreview>;
  listFirings(name: string, query?: Partial<PageQuery>): Promise<Page<FiringView>>;
  pauseSchedule(name: string, request?: ScheduleControlRequest): Promise<ScheduleView>;
  resumeSchedule(name: string, request?: ScheduleControlRequest): Promise<ScheduleView>;
  removeSchedule(name: string): Promise<ScheduleView>;
  /** With a key, the same request starts one run however often it is sent. */
  runSchedule(name: string, request?: ScheduleControlRequest, idempotencyKey?: string): Promise<StartedByHand>;
}

/** The part of the client that is about schedules. */
export const createScheduleClient = (options: ClientOptions): ScheduleClient => ({
  putSchedule: async (schedule, body, conditions = {}) => {
    const input = { path: { schedule }, body, headers: headersOf(conditions) };
    return tagged(await sendRequest(options, apiRoutes.putSchedule, input));
  },
  listSchedules: async () => toPage((await sendRequest(options, apiRoutes.listSchedules)).data),
  viewSchedule: async (schedule, query = {}) =>
    tagged(await sendRequest(options, apiRoutes.viewSchedule, { path: { schedule }, query })),
  previewSchedule: async (body) => (await sendRequest(options, apiRoutes.previewSchedule, { body })).data,
  listFirings: async (schedule, query = {}) =>
    toPage((await sendRequest(options, apiRoutes.listFirings, { path: { schedule }, query })).data),
  pauseSchedule: async (schedule, body = {}) =>
    (await sendRequest(options, apiRoutes.pauseSchedule, { path: { schedule }, body })).data,
  resumeSchedule: async (schedule, body = {}) =>
    (await sendRequest(options, apiRoutes.resumeSchedule, { path: { schedule }, body })).data,
  removeSchedule: async (schedule) =>
    (await sendRequest(options, apiRoutes.removeSchedule, { path: { schedule } })).data,
  runSchedule: async (schedule, body = {}, idempotencyKey) => {
    const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
    const answer = await sendRequest(options, apiRoutes.runSchedule, { path: { schedule }, body, headers });
    return { firing: answer.data, replayed: answer.headers.get('idempotency-replayed') === 'true' };
  },
});
