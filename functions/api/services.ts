import type { AgentsQuery, AgentsView, InstallAgentsRequest, InstallAgentsView } from '#shared/contract/agent-views.ts';
import type { CostQuery, CostsView } from '#shared/contract/cost-views.ts';
import type { CompleteFileRequest, FileOffer, FileView, OfferFileRequest } from '#shared/contract/file-requests.ts';
import type {
  ApplyJobRequest,
  CommandQuery,
  JobQuery,
  NamesQuery,
  Preconditions,
  PutCommandRequest,
  RemoveQuery,
} from '#shared/contract/library-requests.ts';
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
} from '#shared/contract/library-views.ts';
import type {
  BreakLockRequest,
  BrokenView,
  BudgetView,
  LockView,
  PutBudgetRequest,
} from '#shared/contract/lock-views.ts';
import type { RunMap, RunMapQuery } from '#shared/contract/map-views.ts';
import type { ExaminationView } from '#shared/contract/meta-views.ts';
import type { NodesPage } from '#shared/contract/node-views.ts';
import type {
  AbortRequest,
  ContinueRequest,
  ControlRequest,
  GateRequest,
  IgnoreRequest,
  NodeRowsQuery,
  NodesQuery,
  OutputPlace,
  OutputQuery,
  PageQuery,
  PlanQuery,
  ResetRequest,
  ResultsQuery,
  RetryRequest,
  RunQuery,
  RunRequest,
  SearchQuery,
} from '#shared/contract/requests.ts';
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
} from '#shared/contract/run-views.ts';
import type {
  FiringView,
  PreviewScheduleRequest,
  PutScheduleRequest,
  ScheduleControlRequest,
  SchedulePreview,
  ScheduleQuery,
  ScheduleSummary,
  ScheduleView,
} from '#shared/contract/schedule-views.ts';
import type {
  PutTargetSetRequest,
  TargetSetChange,
  TargetSetPut,
  TargetSetQuery,
  TargetSetRemoved,
  TargetSetSummary,
  TargetSetView,
} from '#shared/contract/target-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import type { Page } from '#shared/ports/store.ts';
import type { TurnWish } from '#shared/schedule/decide.ts';

/** What the routes call: the use cases, already wired. Each throws AppError. */
export interface ApiServices {
  submitRun(submission: Submission): Promise<{ readonly runId: RunId; readonly created: boolean }>;
  planPreview(request: RunRequest, query?: PlanQuery): Promise<RunPlan>;
  continueRun(runId: RunId, request: ContinueRequest, actor: string): Promise<void>;
  abortRun(runId: RunId, request: AbortRequest, actor: string): Promise<void>;
  retryRun(runId: RunId, request: RetryRequest, actor: string): Promise<void>;
  previewRetry(runId: RunId, request: RetryRequest): Promise<RetryPreview>;
  ignoreNodes(runId: RunId, request: IgnoreRequest, actor: string): Promise<void>;
  resetNodes(runId: RunId, request: ResetRequest, actor: string): Promise<void>;
  viewRunJob(runId: RunId, query?: RunQuery): Promise<RunJobView>;
  purgeRun(runId: RunId, actor: string): Promise<Purged>;
  decideGate(runId: RunId, request: GateRequest, actor: string): Promise<void>;
  pauseRun(runId: RunId, request: ControlRequest, actor: string): Promise<void>;
  resumeRun(runId: RunId, request: ControlRequest, actor: string): Promise<void>;
  listRuns(query: PageQuery): Promise<Page<RunSummary>>;
  viewRun(runId: RunId, query?: RunQuery): Promise<RunView>;
  listNodeRows(runId: RunId, query: NodeRowsQuery): Promise<Page<NodeRow>>;
  viewRunMap(runId: RunId, query?: RunMapQuery): Promise<RunMap>;
  listResults(runId: RunId, query: ResultsQuery): Promise<Page<ResultView>>;
  readOutput(runId: RunId, query: OutputQuery): Promise<OutputPage>;
  openOutputContent(runId: RunId, place: OutputPlace): Promise<OutputContent>;
  searchOutput(runId: RunId, query: SearchQuery): Promise<Page<OutputMatch>>;
  listNodes(query: NodesQuery): Promise<NodesPage>;
  viewAgents(query: AgentsQuery): Promise<AgentsView>;
  installAgents(request: InstallAgentsRequest, actor: string): Promise<InstallAgentsView>;
  putTargetSet(name: string, request: PutTargetSetRequest, writer: LibraryWriter): Promise<Tagged<TargetSetPut>>;
  listTargetSets(query: NamesQuery): Promise<Page<TargetSetSummary>>;
  viewTargetSet(name: string, query: TargetSetQuery): Promise<Tagged<TargetSetView>>;
  listTargetSetChanges(name: string, query: PageQuery): Promise<Page<TargetSetChange>>;
  removeTargetSet(name: string, query: RemoveQuery, writer: LibraryWriter): Promise<TargetSetRemoved>;
  examine(): Promise<ExaminationView>;
  /** Keeps an answer that is too long; gives its address, undefined where there are none. */
  keepAnswer(text: string): Promise<string | undefined>;
  putCommand(name: string, request: PutCommandRequest, writer: LibraryWriter): Promise<Tagged<CommandPut>>;
  listCommands(query: NamesQuery): Promise<Page<CommandSummary>>;
  viewCommand(name: string, query: CommandQuery): Promise<Tagged<CommandView>>;
  listCommandChanges(name: string, query: PageQuery): Promise<Page<CommandChange>>;
  removeCommand(name: string, query: RemoveQuery, writer: LibraryWriter): Promise<Removed>;
  applyJob(name: string, request: ApplyJobRequest, writer: LibraryWriter): Promise<Tagged<JobApplied>>;
  listJobs(query: NamesQuery): Promise<Page<JobSummary>>;
  viewJob(name: string, query: JobQuery): Promise<Tagged<JobView>>;
  listJobChanges(name: string, query: PageQuery): Promise<Page<JobChange>>;
  removeJob(name: string, query: RemoveQuery, writer: LibraryWriter): Promise<Removed>;
  listCosts(query: CostQuery): Promise<CostsView>;
  offerFile(request: OfferFileRequest): Promise<FileOffer>;
  completeFile(sha256: string, request: CompleteFileRequest, actor: string): Promise<FileView>;
  listLocks(): Promise<Page<LockView>>;
  breakLock(request: BreakLockRequest, actor: string): Promise<BrokenView>;
  listBudgets(): Promise<Page<BudgetView>>;
  putBudget(name: string, request: PutBudgetRequest, actor: string): Promise<BudgetView>;
  removeBudget(name: string, actor: string): Promise<BudgetView>;
  putSchedule(name: string, request: PutScheduleRequest, writer: LibraryWriter): Promise<Tagged<ScheduleView>>;
  listSchedules(): Promise<Page<ScheduleSummary>>;
  viewSchedule(name: string, query: ScheduleQuery): Promise<Tagged<ScheduleView>>;
  previewSchedule(request: PreviewScheduleRequest): Promise<SchedulePreview>;
  listFirings(name: string, query: PageQuery): Promise<Page<FiringView>>;
  pauseSchedule(name: string, request: ScheduleControlRequest, actor: string): Promise<ScheduleView>;
  resumeSchedule(name: string, request: ScheduleControlRequest, actor: string): Promise<ScheduleView>;
  removeSchedule(name: string, actor: string): Promise<ScheduleView>;
  runSchedule(name: string, asked: StartByHand): Promise<{ readonly firing: FiringView; readonly created: boolean }>;
}

/** Who asks to start a schedule by hand, and under which key. */
export interface StartByHand extends ScheduleControlRequest {
  readonly actor: string;
  /** Idempotency-Key; the same key and request start one run. */
  readonly idempotencyKey?: string;
}

/** Who changes what is kept under a name, and on which conditions. */
export interface LibraryWriter extends Preconditions {
  readonly actor: string;
}

/** Something of the library, and its entity tag. */
export interface Tagged<T> {
  readonly view: T;
  readonly etag: string;
}

/** All that is kept of one stream: an address that it can be fetched from, or its bytes. */
export interface OutputContent {
  readonly address?: string;
  readonly complete: boolean;
  /** Of the printed bytes, in hexadecimal; null where the node did not compute it. */
  readonly sha256: string | null;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** A request to start a run, with who asks and under which key. */
export interface Submission {
  readonly request: RunRequest;
  readonly actor: string;
  /** Idempotency-Key; the same key and body start one run. */
  readonly idempotencyKey?: string;
  /** The id that the run is to have, unless the key has given it another one; a new one when absent. */
  readonly runId?: RunId;
  /** The line that the run stands in, in place of its job's own settings. */
  readonly turn?: TurnWish;
}
