import { requireBatch } from '#functions/records/batch-parts.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { endPermit, mayHavePermit } from '#functions/records/end-permit.ts';
import { agentOf, isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { firstLookSeconds, waitSeconds } from '#functions/records/look-delay.ts';
import { phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { judgeAnswer } from '#shared/built-in/judge-answer.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { gateById } from '#shared/gate/gates-of-run.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { httpCheckSchema, isScript, type Operation } from '#shared/model/operation.ts';
import type { InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import { type NextOperation, nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import type { Agents } from '#shared/ports/agent.ts';
import { type Blobs, type Clock, type Http, type HttpRequest, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import type { BatchState } from './batch-state.ts';
import { gatherValues } from './gather-values.ts';
import { askLeave, type LeaveDeps } from './leave-to-work.ts';
import { type CallContext, readReferencedOutputs } from './node-scopes.ts';
import { type NodeCall, nodeCalls } from './node-values.ts';
import { openOperationGate } from './operation-gate.ts';
import type { Recipient } from './render-script.ts';
import { newInvocation, sendInvocation } from './send-invocation.ts';
import type { SendDeps } from './sending.ts';
import { settleCalls } from './settle-calls.ts';

/** What Invoke Operation needs. */
export interface InvokeOperationDeps extends LeaveDeps {
  readonly store: LeaveDeps['store'] &
    Pick<RunStore, 'get' | 'replace'> &
    Pick<
      PlanStore,
      'getGroup' | 'listGroups' | 'getBatch' | 'getProgress' | 'putProgress' | 'setTally' | 'updateGroup'
    > &
    Pick<
      LedgerStore,
      'listInvocations' | 'listResults' | 'createInvocation' | 'recordSent' | 'putResults' | 'putOutputs' | 'getOutputs'
    >;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly agents: Agents;
  readonly secrets: SendDeps['secrets'];
  readonly sealer: SendDeps['sealer'];
  readonly http: Http;
  readonly clock: Clock;
  readonly log: Log;
}

const done: TaskOutput<'invokeOperation'> = { state: 'done', invocationId: '', look: 1 };

/**
 * Sends or does the next operation of a batch to the nodes that need it. Nodes whose condition is false are skipped, nodes whose values cannot be
 * made fail, and the next operation is looked at until one is sent or the batch is at its end. A batch that has not started does not start
 * any more once the failure budget is spent; pause and abort hold it between operations. Before anything is sent, the batch has what it needs
 * of turns, leases and disruption budgets, or waits for it. An invocation that is open already is found again, never sent a second time without
 * asking the agent for it first.
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
    if (progress.state === 'done' || progress.state === 'stopped') return ended(deps, { run, place, batch });
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
  const leave = await askLeave(deps, state, next.operationIndex, pause?.leftMs);
  if (leave.kind === 'stop') return finish(deps, state, 'stopped');
  if (leave.kind === 'wait') return { state: 'wait', invocationId: '', look: leave.look };
  if (leave.kind === 'settled') return advance(deps, { ...state, results: [...state.results, ...leave.results] });
  if (pause !== undefined) return pause.output;
  const step = await performOperation(deps, state, next, !mayNotGoOn(state));
  return step.kind === 'sent' ? step.output : advance(deps, { ...state, results: [...state.results, ...step.results] });
};

/** Before another try: waits, at the invocation of the last one, until the back-off is over. */
const retryPause = (
  deps: InvokeOperationDeps,
  { place, invocations, results }: BatchState,
  { operationIndex, tryNumber, nodes }: NextOperation,
): { readonly leftMs: number; readonly output: TaskOutput<'invokeOperation'> } | undefined => {
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
  return { leftMs, output: { state: 'open', invocationId: last.invocationId, look: waitSeconds(leftMs, last.looks) } };
};

/** A spent budget, and an abort after the batches under way, keep batches from beginning; one that has begun goes through its operations. */
const mayNotGoOn = ({ run, place, invocations }: BatchState): boolean =>
  run.control === 'pause' ||
  run.control === 'abort' ||
  run.attempts.length !== place.key.attempt ||
  ((place.record.stopped || run.control === 'drain') && !invocations.some((one) => one.status === 'sent'));

const finish = async (deps: InvokeOperationDeps, state: BatchState, how: 'done' | 'stopped'): Promise<typeof done> => {
  await recordProgress(deps, state, how);
  return ended(deps, state);
};

/** What the batch had of leases and disruption budgets is for others now. */
const ended = async (
  deps: InvokeOperationDeps,
  { run, place, batch }: Pick<BatchState, 'run' | 'place' | 'batch'>,
): Promise<typeof done> => {
  if (mayHavePermit(place, batch)) await endPermit(deps, { runId: run.runId, batchId: batch.batchId });
  return done;
};

/** What to wait for; the same answer for the same invocation, however often it is asked. A gate that was decided at is looked at soon. */
const opened = (
  deps: InvokeOperationDeps,
  { run, batch, place }: BatchState,
  { invocationId, operationIndex, deadlineAt, looks }: InvocationRecord,
): TaskOutput<'invokeOperation'> => {
  const operation = place.phase.operations[operationIndex];
  const waits = operation !== undefined && !isScript(operation) && deadlineAt !== undefined;
  const gate = gateById(run.gates, invocationId);
  if (gate !== undefined && gate.status !== 'open') return { state: 'open', invocationId, look: 1 };
  const look = waits
    ? waitSeconds(Date.parse(deadlineAt) - deps.clock.now(), looks)
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
  const leave = mayNotGoOn(state) ? undefined : await askLeave(deps, state, open.operationIndex);
  if (leave?.kind === 'wait') return { state: 'wait', invocationId: '', look: leave.look };
  if (leave?.kind === 'settled') return advance(deps, { ...state, results: [...state.results, ...leave.results] });
  const mayStart = leave?.kind === 'go';
  const nodes = state.batch.nodes.filter(({ node }) => open.nodeIds.includes(node.id));
  const step = await performOperation(deps, state, { ...open, nodes }, mayStart);
  if (step.kind === 'sent') return step.output;
  const results = [...state.results, ...step.results];
  // What Drover did itself is settled now; what an agent was to do is waited for.
  if (mayStart) return isSettled(open, results) ? advance(deps, { ...state, results }) : opened(deps, state, open);
  return finish(deps, { ...state, results }, 'stopped');
};

type Step =
  | { readonly kind: 'sent'; readonly output: TaskOutput<'invokeOperation'> }
  | { readonly kind: 'settled'; readonly results: readonly ResultRecord[] };

/** Sends one operation to the nodes that are to get it; nodes that get nothing, and what Drover does itself, are settled at once. */
const performOperation = async (
  deps: InvokeOperationDeps,
  state: BatchState,
  next: NextOperation,
  mayStart: boolean,
): Promise<Step> => {
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
  const request = calls.find((call) => call.kind === 'request');
  if (request !== undefined) return requestByDrover(deps, state, context, { next, calls, request: request.request });
  const untilMs = await waitEnd(deps, state, context, { next, calls });
  const recipients = next.nodes.flatMap((batchNode, index): Recipient[] => {
    const call = calls[index];
    return call?.kind === 'send' ? [{ batchNode, call }] : [];
  });
  if (untilMs !== undefined) return waitAtDrover(deps, state, { next, calls, settled, untilMs });
  if (recipients.length === 0) return { kind: 'settled', results: settled };
  const sent = await sendInvocation(deps, state, {
    operation,
    operationIndex: next.operationIndex,
    tryNumber: next.tryNumber,
    recipients,
    mayStart,
  });
  if (sent.invocation.status !== 'sent') return { kind: 'settled', results: [...settled, ...sent.results] };
  return running(deps, { ...state, results: [...state.results, ...settled, ...sent.results] }, sent.invocation);
};

const running = async (deps: InvokeOperationDeps, state: BatchState, invocation: InvocationRecord): Promise<Step> => {
  await recordProgress(deps, state, 'running');
  return { kind: 'sent', output: opened(deps, state, invocation) };
};

interface Called {
  readonly next: NextOperation;
  readonly calls: readonly NodeCall[];
}

const isWaiting = (call: NodeCall | undefined): boolean => call?.kind === 'wait' || call?.kind === 'ask';

/** When the wait of an operation is over at the latest: at a time, or when its gate expires. Opens the gate. */
const waitEnd = async (
  deps: InvokeOperationDeps,
  state: BatchState,
  { operation }: CallContext,
  { next, calls }: Called,
): Promise<number | undefined> => {
  const wait = calls.find((call) => call.kind === 'wait');
  if (wait !== undefined) return wait.untilMs;
  const ask = calls.find((call) => call.kind === 'ask');
  return ask === undefined ? undefined : openOperationGate(deps, state, { operation, next, message: ask.message });
};

/** Makes the request of an httpCheck. After a crash it is made again: the invocation is there, and has no result. */
const requestByDrover = async (
  deps: InvokeOperationDeps,
  state: BatchState,
  context: CallContext,
  { next, calls, request }: Called & { readonly request: HttpRequest },
): Promise<Step> => {
  const { operation } = context;
  const nodeIds = next.nodes.flatMap(({ node }, index) => (calls[index]?.kind === 'request' ? [node.id] : []));
  const { invocation } = await deps.store.createInvocation(newInvocation(deps, state, { ...next, operation, nodeIds }));
  const startedAt = nowIso(deps.clock);
  const answer = await deps.http.request(request);
  const outcome = judgeAnswer(httpCheckSchema.parse(operation.httpCheck), answer, startedAt);
  const answered = calls.map((call): NodeCall => (call.kind === 'request' ? { kind: 'settle', outcome } : call));
  const results = await settleCalls(deps, state, context, { next, calls: answered, invocation });
  return { kind: 'settled', results };
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
  const nodeIds = next.nodes.flatMap(({ node }, index) => (isWaiting(calls[index]) ? [node.id] : []));
  const { invocation } = await deps.store.createInvocation({
    ...newInvocation(deps, state, { ...next, operation: requireOperation(state, next), nodeIds }),
    status: 'sent',
    sentAt: nowIso(deps.clock),
    deadlineAt: new Date(untilMs).toISOString(),
  });
  // Who decided at the gate before the invocation was there had nobody to wake.
  const run = calls.some((call) => call.kind === 'ask') ? await requireRun(deps.store, state.run.runId) : state.run;
  return running(deps, { ...state, run, results: [...state.results, ...settled] }, invocation);
};

const requireOperation = ({ place }: BatchState, { operationIndex }: NextOperation): Operation => {
  const operation = place.phase.operations[operationIndex];
  if (!operation) throw new AppError('internal.bug', `Phase '${place.phase.name}' has no operation ${operationIndex}`);
  return operation;
};
