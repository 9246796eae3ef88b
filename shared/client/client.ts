import type { z } from 'zod';
import { apiRoutes } from '../contract/api-routes.ts';
import type { CostQuery, CostsView } from '../contract/cost-views.ts';
import type { CompleteFileRequest, FileOffer, FileView, OfferFileRequest } from '../contract/file-requests.ts';
import type { BreakLockRequest, BrokenView, BudgetView, LockView, PutBudgetRequest } from '../contract/lock-views.ts';
import type { RunMap, RunMapQuery } from '../contract/map-views.ts';
import type { ExaminationView, VersionView } from '../contract/meta-views.ts';
import type {
  abortRequestSchema,
  continueRequestSchema,
  controlRequestSchema,
  gateRequestSchema,
  ignoreRequestSchema,
  NodeRowsQuery,
  OutputPlace,
  OutputQuery,
  PageQuery,
  PlanQuery,
  ResultsQuery,
  RunQuery,
  resetRequestSchema,
  retryRequestSchema,
  runRequestSchema,
  SearchQuery,
} from '../contract/requests.ts';
import type {
  NodeRow,
  OutputMatch,
  OutputPage,
  Purged,
  ResultView,
  RetryPreview,
  RunJobView,
  RunSummary,
  RunView,
} from '../contract/run-views.ts';
import type { RunId } from '../model/ids.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { Page } from '../ports/store.ts';
import { createLibraryClient, type LibraryClient } from './library-client.ts';
import { createNodeClient, type NodeClient } from './node-client.ts';
import { createScheduleClient, type ScheduleClient } from './schedule-client.ts';
import { type ClientOptions, fetchBytes, sendRequest } from './send-request.ts';
import { createTargetClient, type TargetClient } from './target-client.ts';
import { toPage } from './to-page.ts';

/** A run request as a caller writes it: what has a default may be absent. */
export type RunRequestInput = z.input<typeof runRequestSchema>;
/** A continue request as a caller writes it. */
export type ContinueRequestInput = z.input<typeof continueRequestSchema>;
/** Which nodes to run again, as a caller writes it. */
export type RetryRequestInput = z.input<typeof retryRequestSchema>;
/** Which nodes to ignore, and why. */
export type IgnoreRequestInput = z.input<typeof ignoreRequestSchema>;
/** Which nodes to forget. */
export type ResetRequestInput = z.input<typeof resetRequestSchema>;
/** How and why an operator aborts a run. */
export type AbortRequestInput = z.input<typeof abortRequestSchema>;
/** Why an operator controls a run. */
export type ControlRequestInput = z.input<typeof controlRequestSchema>;

/** A part of a stream as a caller asks for it. */
export type OutputQueryInput = OutputPlace & Partial<OutputQuery>;
/** What to search for, and where. */
export type SearchQueryInput = Pick<SearchQuery, 'pattern'> & Partial<SearchQuery>;

/** A decision at a gate. */
export type GateRequestInput = z.input<typeof gateRequestSchema>;

/** What starting a run answers; `replayed` when the key was known and nothing new was started. */
export interface Started {
  readonly run: RunView;
  readonly replayed: boolean;
}

/** The HTTP API as functions. Each throws AppError: the server's own, or `service.unreachable` and `service.protocol`. */
export interface DroverClient extends LibraryClient, NodeClient, ScheduleClient, TargetClient {
  submitRun(request: RunRequestInput, idempotencyKey?: string): Promise<Started>;
  planPreview(request: RunRequestInput, query?: PlanQuery): Promise<RunPlan>;
  continueRun(runId: RunId, request?: ContinueRequestInput): Promise<RunView>;
  abortRun(runId: RunId, request?: AbortRequestInput): Promise<RunView>;
  decideGate(runId: RunId, request: GateRequestInput): Promise<RunView>;
  retryRun(runId: RunId, request: RetryRequestInput): Promise<RunView>;
  previewRetry(runId: RunId, request: RetryRequestInput): Promise<RetryPreview>;
  ignoreNodes(runId: RunId, request: IgnoreRequestInput): Promise<RunView>;
  resetNodes(runId: RunId, request?: ResetRequestInput): Promise<RunView>;
  viewRunJob(runId: RunId, query?: RunQuery): Promise<RunJobView>;
  purgeRun(runId: RunId): Promise<Purged>;
  pauseRun(runId: RunId, request?: ControlRequestInput): Promise<RunView>;
  resumeRun(runId: RunId, request?: ControlRequestInput): Promise<RunView>;
  listRuns(query?: Partial<PageQuery>): Promise<Page<RunSummary>>;
  viewRun(runId: RunId, query?: RunQuery): Promise<RunView>;
  listNodeRows(runId: RunId, query?: Partial<NodeRowsQuery>): Promise<Page<NodeRow>>;
  viewRunMap(runId: RunId, query?: RunMapQuery): Promise<RunMap>;
  listResults(runId: RunId, query?: Partial<ResultsQuery>): Promise<Page<ResultView>>;
  readOutput(runId: RunId, query: OutputQueryInput): Promise<OutputPage>;
  /** All that is kept of one stream, as it comes. */
  downloadOutput(runId: RunId, place: OutputPlace): Promise<AsyncIterable<Uint8Array>>;
  searchOutput(runId: RunId, query: SearchQueryInput): Promise<Page<OutputMatch>>;
  listCosts(query?: CostQuery): Promise<CostsView>;
  offerFile(request: OfferFileRequest): Promise<FileOffer>;
  completeFile(sha256: string, request: CompleteFileRequest): Promise<FileView>;
  listLocks(): Promise<Page<LockView>>;
  breakLock(request: BreakLockRequest): Promise<BrokenView>;
  listBudgets(): Promise<Page<BudgetView>>;
  putBudget(name: string, budget: PutBudgetRequest): Promise<BudgetView>;
  removeBudget(name: string): Promise<BudgetView>;
  version(): Promise<VersionView>;
  examine(): Promise<ExaminationView>;
}

type ControlRoute = 'pauseRun' | 'resumeRun';

/** A typed client of the HTTP API over `fetch`; runs in Node and in browsers. */
export const createClient = (options: ClientOptions): DroverClient => {
  const control = async (id: ControlRoute, runId: RunId, body: ControlRequestInput) =>
    (await sendRequest(options, apiRoutes[id], { path: { runId }, body })).data;

  return {
    submitRun: async (body, idempotencyKey) => {
      const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
      const answer = await sendRequest(options, apiRoutes.submitRun, { body, headers });
      return { run: answer.data, replayed: answer.headers.get('idempotency-replayed') === 'true' };
    },
    planPreview: async (body, query = {}) =>
      (await sendRequest(options, apiRoutes.planPreview, { body, query: { ...query } })).data,
    continueRun: async (runId, body = {}) =>
      (await sendRequest(options, apiRoutes.continueRun, { path: { runId }, body })).data,
    abortRun: async (runId, body = {}) =>
      (await sendRequest(options, apiRoutes.abortRun, { path: { runId }, body })).data,
    retryRun: async (runId, body) => (await sendRequest(options, apiRoutes.retryRun, { path: { runId }, body })).data,
    previewRetry: async (runId, body) =>
      (await sendRequest(options, apiRoutes.previewRetry, { path: { runId }, body })).data,
    ignoreNodes: async (runId, body) =>
      (await sendRequest(options, apiRoutes.ignoreNodes, { path: { runId }, body })).data,
    resetNodes: async (runId, body = {}) =>
      (await sendRequest(options, apiRoutes.resetNodes, { path: { runId }, body })).data,
    viewRunJob: async (runId, query = {}) =>
      (await sendRequest(options, apiRoutes.viewRunJob, { path: { runId }, query })).data,
    purgeRun: async (runId) => (await sendRequest(options, apiRoutes.purgeRun, { path: { runId } })).data,
    decideGate: async (runId, body) =>
      (await sendRequest(options, apiRoutes.decideGate, { path: { runId }, body })).data,
    pauseRun: (runId, request = {}) => control('pauseRun', runId, request),
    resumeRun: (runId, request = {}) => control('resumeRun', runId, request),
    listRuns: async (query = {}) => toPage((await sendRequest(options, apiRoutes.listRuns, { query })).data),
    viewRun: async (runId, query = {}) =>
      (await sendRequest(options, apiRoutes.viewRun, { path: { runId }, query })).data,
    listNodeRows: async (runId, query = {}) =>
      toPage((await sendRequest(options, apiRoutes.listNodeRows, { path: { runId }, query })).data),
    viewRunMap: async (runId, query = {}) =>
      (await sendRequest(options, apiRoutes.viewRunMap, { path: { runId }, query })).data,
    listResults: async (runId, query = {}) =>
      toPage((await sendRequest(options, apiRoutes.listResults, { path: { runId }, query })).data),
    readOutput: async (runId, query) =>
      (await sendRequest(options, apiRoutes.readOutput, { path: { runId }, query: { ...query } })).data,
    downloadOutput: (runId, place) =>
      fetchBytes(options, apiRoutes.openOutputContent, { path: { runId }, query: { ...place } }),
    searchOutput: async (runId, query) =>
      toPage((await sendRequest(options, apiRoutes.searchOutput, { path: { runId }, query: { ...query } })).data),
    ...createNodeClient(options),
    ...createTargetClient(options),
    ...createLibraryClient(options),
    listCosts: async (query = {}) => (await sendRequest(options, apiRoutes.listCosts, { query })).data,
    ...createScheduleClient(options),
    offerFile: async (body) => (await sendRequest(options, apiRoutes.offerFile, { body })).data,
    completeFile: async (sha256, body) =>
      (await sendRequest(options, apiRoutes.completeFile, { path: { sha256 }, body })).data,
    listLocks: async () => toPage((await sendRequest(options, apiRoutes.listLocks)).data),
    breakLock: async (body) => (await sendRequest(options, apiRoutes.breakLock, { body })).data,
    listBudgets: async () => toPage((await sendRequest(options, apiRoutes.listBudgets)).data),
    putBudget: async (budget, body) =>
      (await sendRequest(options, apiRoutes.putBudget, { path: { budget }, body })).data,
    removeBudget: async (budget) => (await sendRequest(options, apiRoutes.removeBudget, { path: { budget } })).data,
    version: async () => (await sendRequest(options, apiRoutes.version)).data,
    examine: async () => (await sendRequest(options, apiRoutes.examine)).data,
  };
};
