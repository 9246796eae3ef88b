import type {
  AbortRequest,
  ContinueRequest,
  ControlRequest,
  GateRequest,
  IgnoreRequest,
  NodeRowsQuery,
  NodesQuery,
  PageQuery,
  ResetRequest,
  ResultsQuery,
  RetryRequest,
  RunQuery,
  RunRequest,
} from '#shared/contract/requests.ts';
import type { NodeRow, ResultView, RetryPreview, RunJobView, RunSummary, RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import type { Page } from '#shared/ports/store.ts';

/** What the routes call: the use cases, already wired. Each throws AppError. */
export interface ApiServices {
  submitRun(submission: Submission): Promise<{ readonly runId: RunId; readonly created: boolean }>;
  planPreview(request: RunRequest): Promise<RunPlan>;
  continueRun(runId: RunId, request: ContinueRequest, actor: string): Promise<void>;
  abortRun(runId: RunId, request: AbortRequest, actor: string): Promise<void>;
  retryRun(runId: RunId, request: RetryRequest, actor: string): Promise<void>;
  previewRetry(runId: RunId, request: RetryRequest): Promise<RetryPreview>;
  ignoreNodes(runId: RunId, request: IgnoreRequest, actor: string): Promise<void>;
  resetNodes(runId: RunId, request: ResetRequest, actor: string): Promise<void>;
  viewRunJob(runId: RunId, query?: RunQuery): Promise<RunJobView>;
  decideGate(runId: RunId, request: GateRequest, actor: string): Promise<void>;
  pauseRun(runId: RunId, request: ControlRequest, actor: string): Promise<void>;
  resumeRun(runId: RunId, request: ControlRequest, actor: string): Promise<void>;
  listRuns(query: PageQuery): Promise<Page<RunSummary>>;
  viewRun(runId: RunId, query?: RunQuery): Promise<RunView>;
  listNodeRows(runId: RunId, query: NodeRowsQuery): Promise<Page<NodeRow>>;
  listResults(runId: RunId, query: ResultsQuery): Promise<Page<ResultView>>;
  listNodes(query: NodesQuery): Promise<Page<InventoryNode>>;
}

/** A request to start a run, with who asks and under which key. */
export interface Submission {
  readonly request: RunRequest;
  readonly actor: string;
  /** Idempotency-Key; the same key and body start one run. */
  readonly idempotencyKey?: string;
}
