import { apiRoutes } from '../contract/api-routes.ts';
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
import { toPage } from './to-page.ts';

/** Schedules as functions. */
export interface ScheduleClient {
  putSchedule(name: string, request: PutScheduleRequestInput): Promise<ScheduleView>;
  listSchedules(): Promise<Page<ScheduleSummary>>;
  viewSchedule(name: string, query?: Partial<ScheduleQuery>): Promise<ScheduleView>;
  previewSchedule(request: PreviewScheduleRequestInput): Promise<SchedulePreview>;
  listFirings(name: string, query?: Partial<PageQuery>): Promise<Page<FiringView>>;
  pauseSchedule(name: string, request?: ScheduleControlRequest): Promise<ScheduleView>;
  resumeSchedule(name: string, request?: ScheduleControlRequest): Promise<ScheduleView>;
  removeSchedule(name: string): Promise<ScheduleView>;
  runSchedule(name: string, request?: ScheduleControlRequest): Promise<FiringView>;
}

/** The part of the client that is about schedules. */
export const createScheduleClient = (options: ClientOptions): ScheduleClient => ({
  putSchedule: async (schedule, body) =>
    (await sendRequest(options, apiRoutes.putSchedule, { path: { schedule }, body })).data,
  listSchedules: async () => toPage((await sendRequest(options, apiRoutes.listSchedules)).data),
  viewSchedule: async (schedule, query = {}) =>
    (await sendRequest(options, apiRoutes.viewSchedule, { path: { schedule }, query })).data,
  previewSchedule: async (body) => (await sendRequest(options, apiRoutes.previewSchedule, { body })).data,
  listFirings: async (schedule, query = {}) =>
    toPage((await sendRequest(options, apiRoutes.listFirings, { path: { schedule }, query })).data),
  pauseSchedule: async (schedule, body = {}) =>
    (await sendRequest(options, apiRoutes.pauseSchedule, { path: { schedule }, body })).data,
  resumeSchedule: async (schedule, body = {}) =>
    (await sendRequest(options, apiRoutes.resumeSchedule, { path: { schedule }, body })).data,
  removeSchedule: async (schedule) =>
    (await sendRequest(options, apiRoutes.removeSchedule, { path: { schedule } })).data,
  runSchedule: async (schedule, body = {}) =>
    (await sendRequest(options, apiRoutes.runSchedule, { path: { schedule }, body })).data,
});
