import { agentOf, batchScope } from '#functions/records/invocation-parts.ts';
import type { PhasePlace } from '#functions/records/phase-place.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { formatInvocationId } from '#shared/model/ids.ts';
import type { Operation } from '#shared/model/operation.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchRecord, InvocationRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import type { Agent, Agents, Refusal, SendReceipt } from '#shared/ports/agent.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import type { RenderedWrapper } from '#shared/script/wrapper.ts';
import { type Recipient, renderScript, shellOfBatch, timeoutSecondsOf } from './render-script.ts';

/** Time for an agent to take an operation: when the inventory says that it answers, and when it says that it does not. */
const deliverySeconds = { online: 120, offline: 30 } as const;

/** What an agent may need beyond delivery and the script's own time before it must have answered. */
const answerGraceSeconds = 180;

/** What sending needs. */
export interface SendDeps {
  readonly store: Pick<LedgerStore, 'createInvocation' | 'recordSent' | 'putResults'>;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is sent. */
export interface Sending {
  readonly operation: Operation;
  readonly operationIndex: number;
  readonly tryNumber: number;
  readonly recipients: readonly Recipient[];
  /** False when nothing new may start: then only what the agent has already is recorded. */
  readonly mayStart: boolean;
}

/** The part of a batch's state that sending looks at. */
export interface SendState {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
}

/** What came of it: the invocation, and results of nodes that are at their end already because the agent refused them. */
export interface Sent {
  readonly invocation: InvocationRecord;
  readonly results: readonly ResultRecord[];
}

/**
 * Sends once: the invocation is written before the call, its id travels with the call, and when it was there before (a repeat after a
 * crash) the agent is asked for it first. Should both fail to tell, the fence on the node replays instead of running again.
 */
export const sendInvocation = async (deps: SendDeps, state: SendState, sending: Sending): Promise<Sent> => {
  const agent = agentOf(deps.agents, state.batch);
  const { invocation, created } = await deps.store.createInvocation(
    newInvocation(deps, state, {
      ...sending,
      nodeIds: sending.recipients.map(({ batchNode }) => batchNode.node.id),
    }),
  );
  if (invocation.status === 'sent') return { invocation, results: [] };
  const script = renderScript({
    run: state.run,
    key: state.place.key,
    operation: sending.operation,
    agent: agent.kind,
    textBytes: agent.limits.textBytes,
    tryNumber: invocation.tryNumber,
    recipients: sending.recipients,
  });
  const bytes = new TextEncoder().encode(script.content).length;
  if (bytes > agent.limits.scriptBytes)
    return refuseAll(
      deps,
      state,
      invocation,
      `script.too-large: script and values make ${bytes} bytes, ${agent.kind} takes ${agent.limits.scriptBytes}`,
    );
  const known = created ? undefined : await findAtAgent(agent, state, invocation);
  if (known === undefined && !sending.mayStart) return { invocation, results: [] };
  const receipt =
    known === undefined
      ? await send(agent, state, { sending, invocation, script })
      : { agentInvocationId: known, refusals: [] };
  return record(deps, state, { invocation, receipt, timeoutSeconds: timeoutSecondsOf(sending.operation) });
};

const findAtAgent = (agent: Agent, { batch }: SendState, invocation: InvocationRecord): Promise<string | undefined> =>
  agent.find({ ...batchScope(batch), invocationId: invocation.invocationId, since: invocation.createdAt });

/** Calls the agent; a call that it refuses for all its instances is a refusal of each of them, not an error of ours. */
const send = async (
  agent: Agent,
  { batch }: SendState,
  {
    sending,
    invocation,
    script,
  }: { readonly sending: Sending; readonly invocation: InvocationRecord; readonly script: RenderedWrapper },
): Promise<SendReceipt> => {
  const instanceIds = sending.recipients.map(({ batchNode }) => batchNode.via.instanceId);
  try {
    return await agent.send({
      ...batchScope(batch),
      invocationId: invocation.invocationId,
      instanceIds,
      script: script.content,
      shell: shellOfBatch(sending.recipients),
      needsInstanceId: script.needsInstanceId,
      timeoutSeconds: timeoutSecondsOf(sending.operation),
      deliveryTimeoutSeconds: batch.online ? deliverySeconds.online : deliverySeconds.offline,
    });
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'agent.refused' && error.code !== 'agent.quota-exceeded')) throw error;
    return {
      refusals: instanceIds.map((instanceId) => ({ instanceId, reason: error.message, rawStatus: error.code })),
    };
  }
};

const record = async (
  deps: SendDeps,
  state: SendState,
  {
    invocation,
    receipt,
    timeoutSeconds,
  }: { readonly invocation: InvocationRecord; readonly receipt: SendReceipt; readonly timeoutSeconds: number },
): Promise<Sent> => {
  const results = receipt.refusals.map((refusal) => refusedResult(deps, state, invocation, refusal));
  if (results.length > 0) await deps.store.putResults(results);
  if (receipt.agentInvocationId === undefined) return { invocation, results };
  const now = deps.clock.now();
  const delivery = state.batch.online ? deliverySeconds.online : deliverySeconds.offline;
  const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  const sent = await deps.store.recordSent({
    runId: state.run.runId,
    invocationId: invocation.invocationId,
    agent: agentOf(deps.agents, state.batch).kind,
    agentInvocationId: receipt.agentInvocationId,
    sentAt: nowIso(deps.clock),
    deliverBy: after(delivery),
    deadlineAt: after(delivery + timeoutSeconds + answerGraceSeconds),
  });
  deps.log.debug('invocation.sent', {
    runId: state.run.runId,
    invocationId: invocation.invocationId,
    nodes: invocation.nodeIds.length,
  });
  return { invocation: sent, results };
};

/** What is known of an invocation before anything is sent. */
export const newInvocation = (
  deps: Pick<SendDeps, 'clock'>,
  { run, batch }: Pick<SendState, 'run' | 'batch'>,
  what: Pick<Sending, 'operation' | 'operationIndex' | 'tryNumber'> & Pick<InvocationRecord, 'nodeIds'>,
): InvocationRecord => {
  const { operation, operationIndex, tryNumber, nodeIds } = what;
  const { runId } = run;
  const { batchId } = batch;
  return {
    runId,
    batchId,
    invocationId: formatInvocationId({ runId, batchId, operationIndex, tryNumber }),
    operationIndex,
    operationId: operation.id,
    tryNumber,
    status: 'sending',
    nodeIds,
    createdAt: nowIso(deps.clock),
    looks: 0,
    signalled: false,
  };
};

const refuseAll = async (
  deps: SendDeps,
  state: SendState,
  invocation: InvocationRecord,
  reason: string,
): Promise<Sent> => {
  const results = invocation.nodeIds.map((nodeId) =>
    resultFor(deps, state, invocation, nodeId, bareOutcome('failed', reason)),
  );
  await deps.store.putResults(results);
  return { invocation, results };
};

const refusedResult = (
  deps: SendDeps,
  state: SendState,
  invocation: InvocationRecord,
  refusal: Refusal,
): ResultRecord => {
  const nodeId = state.batch.nodes.find(({ via }) => via.instanceId === refusal.instanceId)?.node.id;
  if (!nodeId)
    throw new AppError(
      'internal.bug',
      `The agent refused ${refusal.instanceId}, which is not in batch ${state.batch.batchId}`,
    );
  return resultFor(deps, state, invocation, nodeId, bareOutcome('undeliverable', refusal.reason, refusal.rawStatus));
};

const resultFor = (
  deps: Pick<SendDeps, 'clock'>,
  { run, batch }: SendState,
  invocation: InvocationRecord,
  ...[nodeId, outcome]: [ResultRecord['nodeId'], Outcome]
): ResultRecord => ({
  runId: run.runId,
  batchId: batch.batchId,
  operationIndex: invocation.operationIndex,
  operationId: invocation.operationId,
  nodeId,
  tryNumber: invocation.tryNumber,
  invocationId: invocation.invocationId,
  outcome,
  recordedAt: nowIso(deps.clock),
});
