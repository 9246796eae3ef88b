import type { Tally } from '../model/failure-budget.ts';
import type { BatchId, InvocationId, NodeId, ResultPlace, RunId, SliceId } from '../model/ids.ts';
import type { AgentKind } from '../model/node.ts';
import type {
  BatchProgress,
  BatchRecord,
  GroupRecord,
  InvocationRecord,
  ResultRecord,
  RunRecord,
  SliceRecord,
  StopRecord,
} from '../model/run.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { LibraryStore } from './library-store.ts';
import type { LockStore } from './lock-store.ts';
import type { Page, PageRequest } from './pages.ts';
import type { PurgeStore } from './purge-store.ts';
import type { RateStore } from './rate-store.ts';
import type { ScheduleStore } from './schedule-store.ts';
import type { UsageStore } from './usage-store.ts';

export type { Page, PageRequest } from './pages.ts';

/** Runs and the keys that make their start idempotent. */
export interface RunStore {
  /** Writes a new run; false when that id exists. */
  create(run: RunRecord): Promise<boolean>;
  /** Strongly consistent. */
  get(runId: RunId): Promise<RunRecord | undefined>;
  /**
   * Replaces a run that is at `run.version - 1`.
   * @throws AppError `store.conflict` when another writer came first: read again and decide again.
   */
  replace(run: RunRecord): Promise<void>;
  /** Newest first. May lag and may name a run that is gone. */
  list(page: PageRequest): Promise<Page<RunRecord>>;
  /**
   * Claims an idempotency key for a run: the first caller gets its own claim back, later ones the first caller's.
   * Kept at least `ttlSeconds`.
   */
  claimKey(claim: KeyClaim): Promise<KeyClaim>;
  /** Notes that an attempt may be open from now on. Comes before the attempt itself is written, so that no open attempt is ever unknown. */
  noteOpen(attempt: RunAttempt): Promise<void>;
  /** Attempts that may be open, by run. Strongly consistent; whether one is open only its run says. */
  listOpen(): Promise<readonly OpenAttempt[]>;
  /** Takes an attempt from that list. One that is not there is no error. */
  forgetOpen(attempt: RunAttempt): Promise<void>;
}

/** One attempt of a run. */
export interface RunAttempt {
  readonly runId: RunId;
  readonly attempt: number;
}

/** An attempt that may be open. */
export interface OpenAttempt extends RunAttempt {
  readonly notedAt: string;
}

/** Who asked what under an idempotency key. */
export interface KeyClaim {
  /** Scope of the key: the caller. */
  readonly principal: string;
  readonly key: string;
  /** Digest of the request body. */
  readonly requestDigest: string;
  readonly runId: RunId;
  /** When it was asked for, where that is told apart by it; RFC 3339. */
  readonly askedAt?: string;
  readonly ttlSeconds: number;
}

/** Groups, slices and batches of a run: the frozen plan and its progress. */
export interface PlanStore {
  getGroup(runId: RunId, attempt: number, groupIndex: number): Promise<GroupRecord | undefined>;
  /** Writes a group unless it exists; returns what is stored afterwards. */
  createGroup(group: GroupRecord): Promise<GroupRecord>;
  /** Sets what one batch means for the failure budgets; idempotent. Returns the group afterwards. */
  setTally(group: GroupKey, batchId: BatchId, tally: readonly Tally[]): Promise<GroupRecord>;
  /** Sets fields of a group; last writer wins, each field is only ever set by one decision. */
  updateGroup(
    group: GroupKey,
    change: Partial<Pick<GroupRecord, 'stopped' | 'stopReason' | 'status' | 'endedAt'>>,
  ): Promise<GroupRecord>;
  /** Sets the end of the soak before a stage unless it is set; returns the one that holds. */
  setSoak(group: GroupKey, stageIndex: number, until: string): Promise<string>;
  /** All groups of a run, all attempts. */
  listGroups(runId: RunId): Promise<readonly GroupRecord[]>;

  getSlice(runId: RunId, sliceId: SliceId): Promise<SliceRecord | undefined>;
  /**
   * Writes the batches of a slice, then the slice itself. A slice that exists is left as it is, batches included.
   * Returns the slice that is stored afterwards.
   */
  openSlice(slice: SliceRecord, batches: readonly NewBatch[]): Promise<SliceRecord>;
  /** Sets status, counts and closing time of a slice. */
  closeSlice(slice: Pick<SliceRecord, 'runId' | 'sliceId' | 'status' | 'counts' | 'stops' | 'closedAt'>): Promise<void>;
  /** Slices of a run, all attempts, or one attempt, in the order of their ids' numbers. */
  listSlices(runId: RunId, attempt?: number): Promise<readonly SliceRecord[]>;

  getBatch(runId: RunId, batchId: BatchId): Promise<BatchRecord | undefined>;
  getProgress(runId: RunId, batchId: BatchId): Promise<BatchProgress | undefined>;
  /** Progress of all batches of a slice, in order. */
  listProgress(runId: RunId, sliceId: SliceId): Promise<readonly BatchProgress[]>;
  /** Replaces the progress of a batch. One that is done or stopped stays so: a late word that it is under way is not taken. */
  putProgress(progress: BatchProgress): Promise<void>;
}

/** Names one group of one attempt. */
export type GroupKey = Pick<GroupRecord, 'runId' | 'attempt' | 'groupIndex'>;

/** A batch as it is first written: its nodes and its progress. */
export interface NewBatch {
  readonly batch: BatchRecord;
  readonly progress: BatchProgress;
}

/** What a waiting invocation hands back when an event or a token reaches it. */
export interface SignalResult {
  /** The parked token, when there is one. */
  readonly token?: string;
}

/** Invocations, their tokens, and the results of nodes. */
export interface LedgerStore {
  /** Writes an invocation unless it exists; returns the stored one and whether it is new. The write comes before the call of the agent. */
  createInvocation(
    invocation: InvocationRecord,
  ): Promise<{ readonly invocation: InvocationRecord; readonly created: boolean }>;
  getInvocation(runId: RunId, invocationId: InvocationId): Promise<InvocationRecord | undefined>;
  /** Invocations of a batch, oldest first. */
  listInvocations(runId: RunId, batchId: BatchId): Promise<readonly InvocationRecord[]>;
  /** Stores the agent's id and times, status `sent`, and the way back from the agent's id to the invocation. Idempotent. */
  recordSent(sent: SentInvocation): Promise<InvocationRecord>;
  /** Finds the invocation behind an agent's id. */
  findByAgentId(
    agent: AgentKind,
    agentInvocationId: string,
  ): Promise<{ readonly runId: RunId; readonly invocationId: InvocationId } | undefined>;
  /** Parks a token; when a signal came before, says so and the caller completes the token itself. */
  parkToken(runId: RunId, invocationId: InvocationId, token: string): Promise<{ readonly signalled: boolean }>;
  /** Notes that something happened; returns the parked token if there is one. */
  signal(runId: RunId, invocationId: InvocationId): Promise<SignalResult>;
  /** Starts a look: forgets token and signal and counts the look, in one write; returns the invocation afterwards. */
  beginLook(runId: RunId, invocationId: InvocationId): Promise<InvocationRecord>;
  /** Notes when cancel was asked, the deadline that holds from then on, or the agent's ids once it was sent again. */
  updateInvocation(
    runId: RunId,
    invocationId: InvocationId,
    change: Partial<Pick<InvocationRecord, 'cancelledAt' | 'deadlineAt' | 'agentInvocationId'>>,
  ): Promise<void>;

  /**
   * Writes how an invocation is to be ended on its nodes, unless that is written already; returns what holds and whether it is new. The write
   * comes before the call of the agent.
   */
  createStop(
    runId: RunId,
    invocationId: InvocationId,
    stop: StopRecord,
  ): Promise<{ readonly stop: StopRecord; readonly created: boolean }>;
  /**
   * Stores that a stop was sent, and the way back from the agent's id to the invocation. The first record holds.
   * @throws AppError `record.missing` when no stop was written before
   */
  recordStopSent(sent: SentStop): Promise<StopRecord>;

  /** Writes results in bulk. For verdicts that come from the agent: writing one twice changes nothing. */
  putResults(results: readonly ResultRecord[]): Promise<void>;
  /** Writes one result unless there is one: for verdicts that come from our own clock (`lost`). True when it was written. */
  putResultIfAbsent(result: ResultRecord): Promise<boolean>;
  /** One result. Strongly consistent. */
  getResult(runId: RunId, place: ResultPlace): Promise<ResultRecord | undefined>;
  /** Results of a batch, by operation, then node. */
  listResults(runId: RunId, batchId: BatchId): Promise<readonly ResultRecord[]>;

  /** Stores the outputs of nodes, by operation, for later operations of any phase. */
  putOutputs(outputs: readonly NodeOutputs[]): Promise<void>;
  /** Outputs of these nodes and operations; a pair without outputs is absent. */
  getOutputs(runId: RunId, keys: readonly OutputKey[]): Promise<readonly NodeOutputs[]>;
}

/** What is known once an agent took an invocation. Times are RFC 3339 UTC. */
export interface SentInvocation {
  readonly runId: RunId;
  readonly invocationId: InvocationId;
  readonly agent: AgentKind;
  readonly agentInvocationId: string;
  readonly sentAt: string;
  readonly deliverBy: string;
  readonly deadlineAt: string;
  readonly secretsBlob?: string;
}

/** What is known once an agent took, or refused, the stop of an invocation. */
export interface SentStop {
  readonly runId: RunId;
  readonly invocationId: InvocationId;
  readonly agent: AgentKind;
  readonly sentAt: string;
  readonly refusedNodeIds: readonly NodeId[];
  /** Absent when the agent refused every node. */
  readonly agentInvocationId?: string;
}

/** Names the outputs of one operation on one node. */
export interface OutputKey {
  readonly nodeId: NodeId;
  readonly operationId: string;
}

/** Outputs of one operation on one node. */
export interface NodeOutputs extends OutputKey {
  readonly runId: RunId;
  readonly values: Readonly<Record<string, string>>;
}

/** Everything that is remembered. */
export interface Store
  extends RunStore,
    PlanStore,
    LedgerStore,
    LibraryStore,
    LockStore,
    RateStore,
    ScheduleStore,
    UsageStore,
    PurgeStore,
    InventoryStore {}
