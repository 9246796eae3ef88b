import type { z } from 'zod';
import { inventoryNodeSchema } from '../model/node.ts';
import { runPlanSchema } from '../plan/run-plan.ts';
import { costQuerySchema, costsViewSchema } from './cost-views.ts';
import { completeFileRequestSchema, fileOfferSchema, fileViewSchema, offerFileRequestSchema } from './file-requests.ts';
import {
  applyJobRequestSchema,
  commandQuerySchema,
  jobQuerySchema,
  namesQuerySchema,
  putCommandRequestSchema,
  removeQuerySchema,
} from './library-requests.ts';
import {
  commandChangeSchema,
  commandPutSchema,
  commandSummarySchema,
  commandViewSchema,
  jobAppliedSchema,
  jobChangeSchema,
  jobSummarySchema,
  jobViewSchema,
  removedSchema,
} from './library-views.ts';
import {
  breakLockRequestSchema,
  brokenViewSchema,
  budgetViewSchema,
  lockViewSchema,
  putBudgetRequestSchema,
} from './lock-views.ts';
import { healthViewSchema, versionViewSchema } from './meta-views.ts';
import { pageSchemaOf } from './pages.ts';
import {
  abortRequestSchema,
  continueRequestSchema,
  controlRequestSchema,
  gateRequestSchema,
  ignoreRequestSchema,
  nodeRowsQuerySchema,
  nodesQuerySchema,
  outputPlaceSchema,
  outputQuerySchema,
  pageQuerySchema,
  resetRequestSchema,
  resultsQuerySchema,
  retryRequestSchema,
  runQuerySchema,
  runRequestSchema,
  searchQuerySchema,
} from './requests.ts';
import {
  nodeRowSchema,
  outputMatchSchema,
  outputPageSchema,
  resultViewSchema,
  retryPreviewSchema,
  runJobViewSchema,
  runSummarySchema,
  runViewSchema,
} from './run-views.ts';

import {
  firingsQuerySchema,
  firingViewSchema,
  previewScheduleRequestSchema,
  putScheduleRequestSchema,
  scheduleControlRequestSchema,
  schedulePreviewSchema,
  scheduleQuerySchema,
  scheduleSummarySchema,
  scheduleViewSchema,
} from './schedule-views.ts';

/** One endpoint of the HTTP API: where it is, what it takes, what it answers. `path` has OpenAPI placeholders (`{runId}`). */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly tag: 'runs' | 'plan' | 'nodes' | 'commands' | 'jobs' | 'files' | 'locks' | 'costs' | 'schedules' | 'meta';
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly status: 200 | 202;
  readonly answer?: z.ZodType;
  /** What the answer's body is where it is no JSON. */
  readonly media?: 'text/plain';
  /** False when no token is asked. */
  readonly secured: boolean;
  /** True when the Idempotency-Key header is taken. */
  readonly idempotent?: true;
  /** True when the answer has an ETag; a request that changes something takes If-Match and If-None-Match then. */
  readonly tagged?: true;
}

const read = { method: 'get', status: 200, secured: true } as const;
/** Changes of the library; names stand last in their paths, because they hold slashes. */
const change = { status: 200, secured: true, tagged: true } as const;
const act = { method: 'post', status: 202, secured: true, tag: 'runs', answer: runViewSchema } as const;

/** Every endpoint by its operation id. The routes, the client and the OpenAPI document follow this table. */
export const apiRoutes = {
  listRuns: {
    ...read,
    path: '/v1/runs',
    tag: 'runs',
    summary: 'List runs, newest first',
    query: pageQuerySchema,
    answer: pageSchemaOf(runSummarySchema),
  },
  submitRun: { ...act, path: '/v1/runs', summary: 'Start a run', body: runRequestSchema, idempotent: true },
  viewRun: {
    ...read,
    path: '/v1/runs/{runId}',
    tag: 'runs',
    summary: 'Show a run as it stands, or what one of its attempts did',
    query: runQuerySchema,
    answer: runViewSchema,
  },
  listNodeRows: {
    ...read,
    path: '/v1/runs/{runId}/nodes',
    tag: 'runs',
    summary: 'List the nodes of a run, per phase',
    query: nodeRowsQuerySchema,
    answer: pageSchemaOf(nodeRowSchema),
  },
  listResults: {
    ...read,
    path: '/v1/runs/{runId}/results',
    tag: 'runs',
    summary: 'List what happened, per node and operation, with output',
    query: resultsQuerySchema,
    answer: pageSchemaOf(resultViewSchema),
  },
  readOutput: {
    ...read,
    path: '/v1/runs/{runId}/output',
    tag: 'runs',
    summary: 'Read a part of what one operation printed on one node, however long it is',
    query: outputQuerySchema,
    answer: outputPageSchema,
  },
  openOutputContent: {
    ...read,
    path: '/v1/runs/{runId}/output/content',
    tag: 'runs',
    summary: 'Download all of what one operation printed on one node; the answer may lead elsewhere (307)',
    query: outputPlaceSchema,
    media: 'text/plain',
  },
  searchOutput: {
    ...read,
    path: '/v1/runs/{runId}/output/matches',
    tag: 'runs',
    summary: 'Search what was printed on all nodes, line by line',
    query: searchQuerySchema,
    answer: pageSchemaOf(outputMatchSchema),
  },
  continueRun: {
    ...act,
    path: '/v1/runs/{runId}/continue',
    summary: 'Add an attempt that runs what is left',
    body: continueRequestSchema,
  },
  retryRun: {
    ...act,
    path: '/v1/runs/{runId}/retry',
    summary: 'Add an attempt that runs nodes chosen by what came of them',
    body: retryRequestSchema,
  },
  previewRetry: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/runs/{runId}/retry/preview',
    tag: 'runs',
    summary: 'Show what a retry would run, without doing it',
    body: retryRequestSchema,
    answer: retryPreviewSchema,
  },
  ignoreNodes: {
    ...act,
    path: '/v1/runs/{runId}/ignore',
    summary: 'Take what happened on nodes as tolerated',
    body: ignoreRequestSchema,
  },
  resetNodes: {
    ...act,
    path: '/v1/runs/{runId}/reset',
    summary: 'Forget what is known of nodes, so that they are run again',
    body: resetRequestSchema,
  },
  viewRunJob: {
    ...read,
    path: '/v1/runs/{runId}/job',
    tag: 'runs',
    summary: 'Show the job that a run, or one of its attempts, ran',
    query: runQuerySchema,
    answer: runJobViewSchema,
  },
  abortRun: {
    ...act,
    path: '/v1/runs/{runId}/abort',
    summary: 'Stop a run, also what is running on nodes; or only what has not begun',
    body: abortRequestSchema,
  },
  pauseRun: {
    ...act,
    path: '/v1/runs/{runId}/pause',
    summary: 'Start no further operation until resume',
    body: controlRequestSchema,
  },
  resumeRun: { ...act, path: '/v1/runs/{runId}/resume', summary: 'Go on after a pause', body: controlRequestSchema },
  decideGate: {
    ...act,
    path: '/v1/runs/{runId}/gates',
    summary: 'Approve, reject or answer where a run waits for people',
    body: gateRequestSchema,
  },
  planPreview: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/plan',
    tag: 'plan',
    summary: 'Show what a run would do, without doing it',
    body: runRequestSchema,
    answer: runPlanSchema,
  },
  listCosts: {
    ...read,
    path: '/v1/costs',
    tag: 'costs',
    summary: 'Show what the runs of a month that have ended used and cost, by job',
    query: costQuerySchema,
    answer: costsViewSchema,
  },
  listNodes: {
    ...read,
    path: '/v1/nodes',
    tag: 'nodes',
    summary: 'List the nodes of the inventory',
    query: nodesQuerySchema,
    answer: pageSchemaOf(inventoryNodeSchema),
  },
  listCommands: {
    ...read,
    path: '/v1/commands',
    tag: 'commands',
    summary: 'List the commands of the library by name',
    query: namesQuerySchema,
    answer: pageSchemaOf(commandSummarySchema),
  },
  viewCommand: {
    ...read,
    path: '/v1/commands/{name}',
    tag: 'commands',
    summary: 'Show a version of a command',
    query: commandQuerySchema,
    answer: commandViewSchema,
    tagged: true,
  },
  putCommand: {
    ...change,
    method: 'put',
    path: '/v1/commands/{name}',
    tag: 'commands',
    summary: 'Put a command; unchanged content and settings are no new version',
    body: putCommandRequestSchema,
    answer: commandPutSchema,
  },
  removeCommand: {
    ...change,
    method: 'delete',
    path: '/v1/commands/{name}',
    tag: 'commands',
    summary: 'Remove a command from use; its versions stay readable',
    query: removeQuerySchema,
    answer: removedSchema,
  },
  listCommandChanges: {
    ...read,
    path: '/v1/command-changes/{name}',
    tag: 'commands',
    summary: 'List what was put when and by whom, newest first',
    query: pageQuerySchema,
    answer: pageSchemaOf(commandChangeSchema),
  },
  listJobs: {
    ...read,
    path: '/v1/jobs',
    tag: 'jobs',
    summary: 'List stored jobs by name',
    query: namesQuerySchema,
    answer: pageSchemaOf(jobSummarySchema),
  },
  viewJob: {
    ...read,
    path: '/v1/jobs/{name}',
    tag: 'jobs',
    summary: 'Show a revision of a stored job',
    query: jobQuerySchema,
    answer: jobViewSchema,
    tagged: true,
  },
  applyJob: {
    ...change,
    method: 'put',
    path: '/v1/jobs/{name}',
    tag: 'jobs',
    summary: 'Store a job; unchanged content is no new revision',
    body: applyJobRequestSchema,
    answer: jobAppliedSchema,
  },
  removeJob: {
    ...change,
    method: 'delete',
    path: '/v1/jobs/{name}',
    tag: 'jobs',
    summary: 'Remove a stored job; its revisions stay readable',
    query: removeQuerySchema,
    answer: removedSchema,
  },
  listJobChanges: {
    ...read,
    path: '/v1/job-changes/{name}',
    tag: 'jobs',
    summary: 'List the revisions of a stored job, newest first',
    query: pageQuerySchema,
    answer: pageSchemaOf(jobChangeSchema),
  },
  offerFile: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/files',
    tag: 'files',
    summary: 'Ask where to send a file that a run is to be given',
    body: offerFileRequestSchema,
    answer: fileOfferSchema,
  },
  completeFile: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/files/{sha256}',
    tag: 'files',
    summary: 'Have a file that was sent compared with its digest; the answer is the value of a param',
    body: completeFileRequestSchema,
    answer: fileViewSchema,
  },
  listLocks: {
    ...read,
    path: '/v1/locks',
    tag: 'locks',
    summary: 'List what runs keep from each other now: turns, budgets in use, leased nodes',
    answer: pageSchemaOf(lockViewSchema),
  },
  breakLock: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/locks/break',
    tag: 'locks',
    summary: 'Take a turn, leases or the use of a budget away by hand',
    body: breakLockRequestSchema,
    answer: brokenViewSchema,
  },
  listBudgets: {
    ...read,
    path: '/v1/budgets',
    tag: 'locks',
    summary: 'List the disruption budgets',
    answer: pageSchemaOf(budgetViewSchema),
  },
  putBudget: {
    method: 'put',
    status: 200,
    secured: true,
    path: '/v1/budgets/{budget}',
    tag: 'locks',
    summary: 'Make a disruption budget, or replace it',
    body: putBudgetRequestSchema,
    answer: budgetViewSchema,
  },
  removeBudget: {
    method: 'delete',
    status: 200,
    secured: true,
    path: '/v1/budgets/{budget}',
    tag: 'locks',
    summary: 'Take a disruption budget away',
    answer: budgetViewSchema,
  },
  listSchedules: {
    ...read,
    path: '/v1/schedules',
    tag: 'schedules',
    summary: 'List the schedules, with what is due next and what became of the last due time',
    answer: pageSchemaOf(scheduleSummarySchema),
  },
  viewSchedule: {
    ...read,
    path: '/v1/schedules/{schedule}',
    tag: 'schedules',
    summary: 'Show a schedule with its due times to come',
    query: scheduleQuerySchema,
    answer: scheduleViewSchema,
  },
  putSchedule: {
    method: 'put',
    status: 200,
    secured: true,
    path: '/v1/schedules/{schedule}',
    tag: 'schedules',
    summary: 'Make a schedule, or replace it',
    body: putScheduleRequestSchema,
    answer: scheduleViewSchema,
  },
  removeSchedule: {
    method: 'delete',
    status: 200,
    secured: true,
    path: '/v1/schedules/{schedule}',
    tag: 'schedules',
    summary: 'Take a schedule away; its history stays readable',
    answer: scheduleViewSchema,
  },
  pauseSchedule: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/schedules/{schedule}/pause',
    tag: 'schedules',
    summary: 'Start nothing until resume',
    body: scheduleControlRequestSchema,
    answer: scheduleViewSchema,
  },
  resumeSchedule: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/schedules/{schedule}/resume',
    tag: 'schedules',
    summary: 'Go on after a pause; what was due meanwhile is not started',
    body: scheduleControlRequestSchema,
    answer: scheduleViewSchema,
  },
  runSchedule: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/schedules/{schedule}/run',
    tag: 'schedules',
    summary: 'Start the run of a schedule now',
    body: scheduleControlRequestSchema,
    answer: firingViewSchema,
  },
  listFirings: {
    ...read,
    path: '/v1/schedules/{schedule}/firings',
    tag: 'schedules',
    summary: 'List what became of the due times of a schedule, newest first',
    query: firingsQuerySchema,
    answer: pageSchemaOf(firingViewSchema),
  },
  previewSchedule: {
    method: 'post',
    status: 200,
    secured: true,
    path: '/v1/schedule-preview',
    tag: 'schedules',
    summary: 'Show what an expression means, without storing anything',
    body: previewScheduleRequestSchema,
    answer: schedulePreviewSchema,
  },
  version: {
    ...read,
    path: '/v1/version',
    tag: 'meta',
    summary: 'Say which Drover answers',
    answer: versionViewSchema,
  },
  openApi: { ...read, path: '/v1/openapi.json', tag: 'meta', summary: 'This document', secured: false },
  health: {
    ...read,
    path: '/healthz',
    tag: 'meta',
    summary: 'Answer when the API is up',
    answer: healthViewSchema,
    secured: false,
  },
} as const satisfies Record<string, ApiRoute>;

/** Operation id of an endpoint. */
export type ApiRouteId = keyof typeof apiRoutes;
