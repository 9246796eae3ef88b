import { batchShell } from '#functions/records/batch-shell.ts';
import { agentOf, batchScope } from '#functions/records/invocation-parts.ts';
import { looksOf } from '#functions/records/look-delay.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import type { ErrorCode } from '#shared/errors/catalogue.ts';
import { formatInvocationId } from '#shared/model/ids.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import type { Agent, Refusal, SendReceipt } from '#shared/ports/agent.ts';
import { nowIso } from '#shared/ports/services.ts';
import { fileSeconds } from '#shared/script/search-paths.ts';
import { fetchSeconds } from './deliver-secrets.ts';
import { type Prepared, prepareScript } from './prepare-script.ts';
import { timeoutSecondsOf } from './render-script.ts';
import { answerSecondsOf, deliverySecondsOf } from './send-times.ts';
import type { SendDeps, Sending, SendState } from './sending.ts';
import { uploadSeconds } from './upload-input.ts';

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
  const known = created ? undefined : await findAtAgent(agent, state, invocation);
  const answerSeconds = answerSecondsOf(state.batch, sending.operation);
  if (known !== undefined)
    return record(deps, state, { invocation, receipt: { agentInvocationId: known, refusals: [] }, answerSeconds });
  if (!sending.mayStart) return { invocation, results: [] };
  const prepared = await prepareScript(deps, state, { sending, invocation });
  if (typeof prepared === 'string') return refuseAll(deps, state, invocation, prepared);
  const { script, secretsBlob, files } = prepared;
  const receipt = await send(agent, state, { sending, invocation, script, secretsBlob, files });
  return record(deps, state, {
    invocation,
    receipt,
    answerSeconds: answerSeconds + (files ? fileSeconds : 0),
    secretsBlob,
  });
};

const findAtAgent = (agent: Agent, { batch }: SendState, invocation: InvocationRecord): Promise<string | undefined> =>
  agent.find({ ...batchScope(batch), invocationId: invocation.invocationId, since: invocation.createdAt });

/** Errors of sending after which nothing runs on any of the instances, and sending again would be refused again. */
const refusals: ReadonlySet<ErrorCode> = new Set(['agent.refused', 'agent.quota-exceeded', 'agent.unknown-placement']);

/** Calls the agent; a call that it refuses for all its instances is a refusal of each of them, not an error of ours. */
const send = async (
  agent: Agent,
  { batch }: SendState,
  {
    sending,
    invocation,
    script,
    secretsBlob,
    files,
  }: Prepared & { readonly sending: Sending; readonly invocation: InvocationRecord },
): Promise<SendReceipt> => {
  const instanceIds = sending.recipients.map(({ batchNode }) => batchNode.via.instanceId);
  try {
    return await agent.send({
      ...batchScope(batch),
      invocationId: invocation.invocationId,
      instanceIds,
      script: script.content,
      shell: batchShell(sending.recipients.map(({ batchNode }) => batchNode)),
      needsInstanceId: script.needsInstanceId,
      // What the node does before and after the script takes time of its own.
      timeoutSeconds:
        timeoutSecondsOf(sending.operation) +
        uploadSeconds +
        (secretsBlob === undefined ? 0 : fetchSeconds) +
        (files ? fileSeconds : 0),
      deliveryTimeoutSeconds: deliverySecondsOf(batch),
    });
  } catch (error) {
    if (!isAppError(error) || !refusals.has(error.code)) throw error;
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
    answerSeconds,
    secretsBlob,
  }: {
    readonly invocation: InvocationRecord;
    readonly receipt: SendReceipt;
    readonly answerSeconds: number;
    readonly secretsBlob?: string | undefined;
  },
): Promise<Sent> => {
  const results = receipt.refusals.map((refusal) => refusedResult(deps, state, invocation, refusal));
  if (results.length > 0) await deps.store.putResults(results);
  if (receipt.agentInvocationId === undefined) {
    if (secretsBlob !== undefined) await deps.blobs.remove(secretsBlob);
    return { invocation, results };
  }
  const now = deps.clock.now();
  const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  const sent = await deps.store.recordSent({
    runId: state.run.runId,
    invocationId: invocation.invocationId,
    agent: agentOf(deps.agents, state.batch).kind,
    agentInvocationId: receipt.agentInvocationId,
    sentAt: nowIso(deps.clock),
    deliverBy: after(deliverySecondsOf(state.batch)),
    deadlineAt: after(answerSeconds),
    ...(secretsBlob === undefined ? {} : { secretsBlob }),
  });
  deps.log.debug('invocation.sent', {
    runId: state.run.runId,
    invocationId: invocation.invocationId,
    nodes: invocation.nodeIds.length,
    lagMs: now - Date.parse(invocation.createdAt),
  });
  return { invocation: sent, results };
};

/** What is known of an invocation before anything is sent. */
export const newInvocation = (
  deps: Pick<SendDeps, 'clock'>,
  { run, batch, invocations }: Pick<SendState, 'run' | 'batch' | 'invocations'>,
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
    ...(invocations.length === 0 ? {} : { looksBefore: looksOf(invocations) }),
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
