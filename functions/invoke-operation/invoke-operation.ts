import { requireBatch } from '#functions/records/batch-parts.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { agentOf, isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { firstLookSeconds, waitSeconds } from '#functions/records/look-delay.ts';
import { type PhasePlace, phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { isScript, type Operation } from '#shared/model/operation.ts';
import type { BatchProgress, BatchRecord, InvocationRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import { type NextOperation, nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import type { Agents } from '#shared/ports/agent.ts';
import { type Blobs, type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { gatherValues } from './gather-values.ts';
import { type CallContext, readReferencedOutputs } from './node-scopes.ts';
import { type NodeCall, nodeCalls } from './node-values.ts';
import type { Recipient } from './render-script.ts';
import { newInvocation, sendInvocation } from './send-invocation.ts';
import { settleCalls } from './settle-calls.ts';

/** What Invoke Operation needs. */
export interface InvokeOperationDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<
      PlanStore,
      'getGroup' | 'listGroups' | 'getBatch' | 'getProgress' | 'putProgress' | 'setFailures' | 'updateGroup'
    > &
    Pick<
      LedgerStore,
      'listInvocations' | 'listResults' | 'createInvocation' | 'recordSent' | 'putResults' | 'putOutputs' | 'getOutputs'
    >;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly log: Log;
}

/** A batch under way, with all that decides its next step. */
export interface BatchState {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
  readonly progress: BatchProgress;
  readonly results: readonly ResultRecord[];
  readonly invocations: readonly InvocationRecord[];
}

const done: TaskOutput<'invokeOperation'> = { state: 'done', invocationId: '', look: 1 };

/**
 * Sends or does the next operation of a batch to the nodes that need it. Nodes whose condition is false are skipped, nodes whose values cannot be
 * made fail, and the next operation is looked at until one is sent or the batch is at its end. A batch that has not started does not start
 * any more once the failure budget is spent; pause and abort hold it between operations. An invocation that is open already is found again,
 * never sent a second time without asking the agent for it first.
 */
export const invokeOperation =
  (deps: InvokeOperationDeps): TaskBehaviour<'invokeOperation'> =>
  async ({ runId, batchId }) => {
    const run = await requireRun(deps.store, runId);
    const [place, { batch, progress }, invocations] = await Promise.all([
      phasePlace(deps, run, parseSliceId(batchId)),
      requireBatch(deps.store, runId, batchId),
      deps.store.listInvocations(runId, batchId),
    ]);
    if (progress.state === 'done' || progress.state === 'stopped') return done;
    const results =
      progress.state === 'waiting' && invocations.length === 0 ? [] : await deps.store.listResults(runId, batchId);
    return advance(deps, { run, place, batch, progress, results, invocations });
  };

/** Goes on until something is sent or the batch is at its end; every turn settles at least one operation, so it ends. */
const advance = async (deps: InvokeOperationDeps, state: BatchState): Promise<TaskOutput<'invokeOperation'>> => {
  const open = state.invocations.find((one) => !isSettled(one, state.results));
  if (open) return reopen(deps, state, open);
  const next = nextOperationOfBatch(state.place.phase.operations, state.batch.nodes, state.results);
  if (!next) return finish(deps, state, 'done');
  if (mayNotGoOn(state)) return finish(deps, state, 'stopped');
  const pause = retryPause(deps, state, next);
  if (pause !== undefined) return pause;
  const step = await performOperation(deps, state, next);
  return step.kind === 'sent' ? step.output : advance(deps, { ...state, results: [...state.results, ...step.results] });
};

/** Before another try: waits, at the invocation of the last one, until the back-off is over. */
const retryPause = (
  deps: InvokeOperationDeps,
  { place, invocations, results }: BatchState,
  { operationIndex, tryNumber, nodes }: NextOperation,
): TaskOutput<'invokeOperation'> | undefined => {
  const retries = place.phase.operations[operationIndex]?.retries;
  const last = invocations.findLast((one) => one.operationIndex === operationIndex);
  if (tryNumber === 0 || retries === undefined || last === undefined) return undefined;
  const ids = new Set(nodes.map(({ node }) => node.id));
  const ended = results
    .filter((one) => one.operationIndex === operationIndex && ids.has(one.nodeId))
    .map((one) => Date.parse(one.recordedAt));
  const retryAtMs = Math.max(...ended) + parseDurationMs(retries.backoff) * retries.factor ** (tryNumber - 1);
  const leftMs = retryAtMs - deps.clock.now();
  if (leftMs <= 0) return undefined;
  return { state: 'open', invocationId: last.invocationId, look: waitSeconds(leftMs) };
};

const mayNotGoOn = ({ run, place, invocations }: BatchState): boolean =>
  run.control !== 'go' ||
  run.attempts.length !== place.key.attempt ||
  (place.record.stopped && !invocations.some((one) => one.status === 'sent'));

const finish = async (deps: InvokeOperationDeps, state: BatchState, how: 'done' | 'stopped'): Promise<typeof done> => {
  await recordProgress(deps, state, how);
  return done;
};

/** What to wait for; the same answer for the same invocation, however often it is asked. */
const opened = (
  deps: InvokeOperationDeps,
  { batch, place }: BatchState,
  { invocationId, operationIndex, deadlineAt }: InvocationRecord,
): TaskOutput<'invokeOperation'> => {
  const operation = place.phase.operations[operationIndex];
  const waits = operation !== undefined && !isScript(operation) && deadlineAt !== undefined;
  const look = waits
    ? waitSeconds(Date.parse(deadlineAt) - deps.clock.now())
    : firstLookSeconds[agentOf(deps.agents, batch).kind];
  return { state: 'open', invocationId, look };
};

/**
 * An invocation that a broken execution left open: sent ones are only waited for, the others are looked up at the agent first, and sent only
 * if the batch may still go on.
 */
const reopen = async (
  deps: InvokeOperationDeps,
  state: BatchState,
  open: InvocationRecord,
): Promise<TaskOutput<'invokeOperation'>> => {
  if (open.status === 'sent') return opened(deps, state, open);
  const nodes = state.batch.nodes.filter(({ node }) => open.nodeIds.includes(node.id));
  const step = await performOperation(deps, state, { ...open, nodes });
  if (step.kind === 'sent') return step.output;
  if (!mayNotGoOn(state)) return opened(deps, state, open);
  return finish(deps, { ...state, results: [...state.results, ...step.results] }, 'stopped');
};

type Step =
  | { readonly kind: 'sent'; readonly output: TaskOutput<'invokeOperation'> }
  | { readonly kind: 'settled'; readonly results: readonly ResultRecord[] };

/** Sends one operation to the nodes that are to get it; nodes that get nothing, and what Drover does itself, are settled at once. */
const performOperation = async (deps: InvokeOperationDeps, state: BatchState, next: NextOperation): Promise<Step> => {
  const { group, phase, job } = state.place;
  const operation = phase.operations[next.operationIndex];
  if (!operation) return { kind: 'settled', results: [] };
  const context: CallContext = { run: state.run, job, group, phase, operation };
  const [stored, gathered] = await Promise.all([
    readReferencedOutputs(deps.store, context, next.nodes),
    gatherValues(deps, context),
  ]);
  const calls = nodeCalls(context, next.nodes, stored, { nowMs: deps.clock.now(), gathered });
  const settled = await settleCalls(deps, state, context, { next, calls });
  const wait = calls.find((call) => call.kind === 'wait');
  const recipients = next.nodes.flatMap((batchNode, index): Recipient[] => {
    const call = calls[index];
    return call?.kind === 'send' ? [{ batchNode, call }] : [];
  });
  if (wait !== undefined) return waitAtDrover(deps, state, { next, calls, settled, untilMs: wait.untilMs });
  if (recipients.length === 0) return { kind: 'settled', results: settled };
  const sent = await sendInvocation(deps, state, {
    operation,
    operationIndex: next.operationIndex,
    tryNumber: next.tryNumber,
    recipients,
    mayStart: !mayNotGoOn(state),
  });
  if (sent.invocation.status !== 'sent') return { kind: 'settled', results: [...settled, ...sent.results] };
  return running(deps, { ...state, results: [...state.results, ...settled, ...sent.results] }, sent.invocation);
};

const running = async (deps: InvokeOperationDeps, state: BatchState, invocation: InvocationRecord): Promise<Step> => {
  await recordProgress(deps, state, 'running');
  return { kind: 'sent', output: opened(deps, state, invocation) };
};

/** Waiting is an invocation that no agent hears of: it is awaited as any other one, and its deadline is its end. */
const waitAtDrover = async (
  deps: InvokeOperationDeps,
  state: BatchState,
  waiting: {
    readonly next: NextOperation;
    readonly calls: readonly NodeCall[];
    readonly settled: readonly ResultRecord[];
    readonly untilMs: number;
  },
): Promise<Step> => {
  const { next, calls, settled, untilMs } = waiting;
  const nodeIds = next.nodes.flatMap(({ node }, index) => (calls[index]?.kind === 'wait' ? [node.id] : []));
  const { invocation } = await deps.store.createInvocation({
    ...newInvocation(deps, state, { ...next, operation: requireOperation(state, next), nodeIds }),
    status: 'sent',
    sentAt: nowIso(deps.clock),
    deadlineAt: new Date(untilMs).toISOString(),
  });
  return running(deps, { ...state, results: [...state.results, ...settled] }, invocation);
};

const requireOperation = ({ place }: BatchState, { operationIndex }: NextOperation): Operation => {
  const operation = place.phase.operations[operationIndex];
  if (!operation) throw new AppError('internal.bug', `Phase '${place.phase.name}' has no operation ${operationIndex}`);
  return operation;
};
