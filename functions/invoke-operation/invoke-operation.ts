import { requireBatch } from '#functions/records/batch-parts.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { endPermit, mayHavePermit } from '#functions/records/end-permit.ts';
import { agentOf, isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { firstLookSeconds } from '#functions/records/look-delay.ts';
import { phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchNode, InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import { nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import type { Agents } from '#shared/ports/agent.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import type { BatchState } from './batch-state.ts';
import { type Leave, type LeaveDeps, leaveToWork } from './leave-to-work.ts';
import { nodeCalls, readReferencedOutputs } from './node-values.ts';
import type { Recipient } from './render-script.ts';
import { longestMs, sendInvocation } from './send-invocation.ts';

/** What Invoke Operation needs. */
export interface InvokeOperationDeps extends LeaveDeps {
  readonly store: LeaveDeps['store'] &
    Pick<RunStore, 'get'> &
    Pick<PlanStore, 'getGroup' | 'getBatch' | 'getProgress' | 'putProgress' | 'setFailures' | 'updateGroup'> &
    Pick<
      LedgerStore,
      'listInvocations' | 'listResults' | 'createInvocation' | 'recordSent' | 'putResults' | 'getOutputs'
    >;
  readonly json: JsonBlobs;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly log: Log;
}

const done: TaskOutput<'invokeOperation'> = { state: 'done', invocationId: '', look: 1 };

/**
 * Sends the next operation of a batch to the nodes that need it. Nodes whose condition is false are skipped, nodes whose values cannot be
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
  const leave = await askLeave(deps, state, next.operationIndex);
  if (leave.kind === 'stop') return finish(deps, state, 'stopped');
  if (leave.kind === 'wait') return { state: 'wait', invocationId: '', look: leave.look };
  if (leave.kind === 'settled') return advance(deps, { ...state, results: [...state.results, ...leave.results] });
  const step = await sendOperation(deps, state, next.operationIndex, next.nodes);
  return step.kind === 'sent' ? step.output : advance(deps, { ...state, results: [...state.results, ...step.results] });
};

const mayNotGoOn = ({ run, place, invocations }: BatchState): boolean =>
  run.control !== 'go' ||
  run.attempts.length !== place.key.attempt ||
  (place.record.stopped && !invocations.some((one) => one.status === 'sent'));

/** Leave to send an operation; nodes that other runs have are settled at once. */
const askLeave = async (deps: InvokeOperationDeps, state: BatchState, operationIndex: number): Promise<Leave> => {
  const operation = state.place.phase.operations[operationIndex];
  const leave = await leaveToWork(deps, state, operation === undefined ? 0 : longestMs(operation));
  if (leave.kind === 'settled') await deps.store.putResults(leave.results);
  return leave;
};

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

/** What to wait for; the same answer for the same invocation, however often it is asked. */
const opened = (
  deps: InvokeOperationDeps,
  { batch }: BatchState,
  { invocationId }: InvocationRecord,
): TaskOutput<'invokeOperation'> => ({
  state: 'open',
  invocationId,
  look: firstLookSeconds[agentOf(deps.agents, batch).kind],
});

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
  const step = await sendOperation(deps, { ...state, mayStart }, open.operationIndex, nodes);
  if (step.kind === 'sent') return step.output;
  if (mayStart) return opened(deps, state, open);
  return finish(deps, { ...state, results: [...state.results, ...step.results] }, 'stopped');
};

type Step =
  | { readonly kind: 'sent'; readonly output: TaskOutput<'invokeOperation'> }
  | { readonly kind: 'settled'; readonly results: readonly ResultRecord[] };

/** Sends one operation to the nodes that are to get it; nodes that get nothing are settled at once. */
const sendOperation = async (
  deps: InvokeOperationDeps,
  state: BatchState & { readonly mayStart?: boolean },
  operationIndex: number,
  nodes: readonly BatchNode[],
): Promise<Step> => {
  const operation = state.place.phase.operations[operationIndex];
  if (!operation) return { kind: 'settled', results: [] };
  const context = { run: state.run, job: state.place.job, operation };
  const calls = nodeCalls(context, nodes, await readReferencedOutputs(deps.store, context, nodes));
  const recipients: Recipient[] = [];
  const settled: ResultRecord[] = [];
  const settle = (nodeId: BatchNode['node']['id'], outcome: Outcome) =>
    settled.push({
      runId: state.run.runId,
      batchId: state.batch.batchId,
      operationIndex,
      operationId: operation.id,
      nodeId,
      tryNumber: 0,
      outcome,
      recordedAt: nowIso(deps.clock),
    });
  for (const [index, batchNode] of nodes.entries()) {
    const call = calls[index];
    if (call?.kind === 'send') recipients.push({ batchNode, call });
    else if (call?.kind === 'fail') settle(batchNode.node.id, bareOutcome('failed', call.reason));
    else settle(batchNode.node.id, bareOutcome('skipped', 'its condition is false'));
  }
  if (settled.length > 0) await deps.store.putResults(settled);
  if (recipients.length === 0) return { kind: 'settled', results: settled };
  const sent = await sendInvocation(deps, state, {
    operation,
    operationIndex,
    recipients,
    mayStart: state.mayStart ?? !mayNotGoOn(state),
  });
  if (sent.invocation.status !== 'sent') return { kind: 'settled', results: [...settled, ...sent.results] };
  const all = [...state.results, ...settled, ...sent.results];
  await recordProgress(deps, { ...state, results: all }, 'running');
  return { kind: 'sent', output: opened(deps, state, sent.invocation) };
};
