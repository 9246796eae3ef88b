import { requireBatch } from '#functions/records/batch-parts.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { agentOf, isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { firstLookSeconds } from '#functions/records/look-delay.ts';
import { type PhasePlace, phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type {
  BatchNode,
  BatchProgress,
  BatchRecord,
  InvocationRecord,
  ResultRecord,
  RunRecord,
} from '#shared/model/run.ts';
import { nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import type { Agents } from '#shared/ports/agent.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { nodeCalls, readReferencedOutputs } from './node-values.ts';
import type { Recipient } from './render-script.ts';
import { type SendDeps, sendInvocation } from './send-invocation.ts';

/** What Invoke Operation needs. */
export interface InvokeOperationDeps {
  readonly store: Pick<RunStore, 'get'> &
    Pick<PlanStore, 'getGroup' | 'getBatch' | 'getProgress' | 'putProgress' | 'setFailures' | 'updateGroup'> &
    Pick<
      LedgerStore,
      'listInvocations' | 'listResults' | 'createInvocation' | 'recordSent' | 'putResults' | 'getOutputs'
    >;
  readonly json: JsonBlobs;
  readonly agents: Agents;
  readonly blobs: SendDeps['blobs'];
  readonly secrets: SendDeps['secrets'];
  readonly sealer: SendDeps['sealer'];
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
 * Sends the next operation of a batch to the nodes that need it. Nodes whose condition is false are skipped, nodes whose values cannot be
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
  const step = await sendOperation(deps, state, next.operationIndex, next.nodes);
  return step.kind === 'sent' ? step.output : advance(deps, { ...state, results: [...state.results, ...step.results] });
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
  const nodes = state.batch.nodes.filter(({ node }) => open.nodeIds.includes(node.id));
  const step = await sendOperation(deps, state, open.operationIndex, nodes);
  if (step.kind === 'sent') return step.output;
  if (!mayNotGoOn(state)) return opened(deps, state, open);
  return finish(deps, { ...state, results: [...state.results, ...step.results] }, 'stopped');
};

type Step =
  | { readonly kind: 'sent'; readonly output: TaskOutput<'invokeOperation'> }
  | { readonly kind: 'settled'; readonly results: readonly ResultRecord[] };

/** Sends one operation to the nodes that are to get it; nodes that get nothing are settled at once. */
const sendOperation = async (
  deps: InvokeOperationDeps,
  state: BatchState,
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
    mayStart: !mayNotGoOn(state),
  });
  if (sent.invocation.status !== 'sent') return { kind: 'settled', results: [...settled, ...sent.results] };
  const all = [...state.results, ...settled, ...sent.results];
  await recordProgress(deps, { ...state, results: all }, 'running');
  return { kind: 'sent', output: opened(deps, state, sent.invocation) };
};
