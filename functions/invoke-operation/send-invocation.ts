import { batchShell } from '#functions/records/batch-shell.ts';
import { fenceOf } from '#functions/records/fence-of.ts';
import { agentOf, batchScope } from '#functions/records/invocation-parts.ts';
import type { PhasePlace } from '#functions/records/phase-place.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { formatInvocationId } from '#shared/model/ids.ts';
import type { Operation } from '#shared/model/operation.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchRecord, InvocationRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import type { Agent, Agents, Refusal, SendReceipt } from '#shared/ports/agent.ts';
import { type Blobs, type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import { fileSeconds } from '#shared/script/search-paths.ts';
import type { RenderedWrapper, WrapperFile } from '#shared/script/wrapper.ts';
import { secretsOfOperation } from '#shared/secrets/operation-secrets.ts';
import { deliverFiles } from './deliver-files.ts';
import { type DeliveredSecrets, type DeliverSecretsDeps, deliverSecrets, fetchSeconds } from './deliver-secrets.ts';
import { type Recipient, renderScript, timeoutSecondsOf } from './render-script.ts';
import { uploadInput, uploadSeconds } from './upload-input.ts';

/** Time for an agent to take an operation: when the inventory says that it answers, and when it says that it does not. */
const deliverySeconds = { online: 120, offline: 30 } as const;

/** What an agent may need beyond delivery and the script's own time before it must have answered. */
const answerGraceSeconds = 180;

/** Milliseconds after its sending by which an operation has ended on its nodes, or is given up. */
export const longestMs = (operation: Operation): number => {
  const waitMs = operation.wait === undefined ? 0 : parseDurationMs(operation.wait);
  return Math.max(waitMs, (deliverySeconds.online + timeoutSecondsOf(operation) + answerGraceSeconds) * 1000);
};

/** What sending needs. */
export interface SendDeps extends DeliverSecretsDeps {
  readonly store: Pick<LedgerStore, 'createInvocation' | 'recordSent' | 'putResults'>;
  readonly agents: Agents;
  readonly blobs: Pick<Blobs, 'allowUploads' | 'put' | 'addressOf' | 'remove' | 'size'>;
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
  const known = created ? undefined : await findAtAgent(agent, state, invocation);
  const answerSeconds = answerSecondsOf(state.batch, sending.operation);
  if (known !== undefined)
    return record(deps, state, { invocation, receipt: { agentInvocationId: known, refusals: [] }, answerSeconds });
  if (!sending.mayStart) return { invocation, results: [] };
  const prepared = await prepare(deps, state, { sending, invocation });
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

const tooLarge = ({ command }: Operation, bytes: number, { kind, limits }: Agent): string => {
  const names = (command?.libraries ?? []).map(({ name }) => name);
  const what = names.length === 0 ? 'script and values' : `script, libraries (${names.join(', ')}) and values`;
  return `script.too-large: ${what} make ${bytes} bytes, ${kind} takes ${limits.scriptBytes}`;
};

/** What goes to the agent. */
interface Prepared {
  readonly script: RenderedWrapper;
  readonly secretsBlob: string | undefined;
  /** True when nodes fetch files before the script. */
  readonly files: boolean;
}

/** The script with the secrets it needs; or why nothing can be sent, which each node's result then says. */
const prepare = async (
  deps: SendDeps,
  state: SendState,
  what: Omit<Rendering, 'secrets' | 'files'>,
): Promise<Prepared | string> => {
  const agent = agentOf(deps.agents, state.batch);
  try {
    const files = await deliverFiles(deps, {
      job: state.place.job,
      params: state.run.params,
      recipients: what.sending.recipients,
      deliverySeconds: deliverySecondsOf(state.batch),
    });
    const secrets = await deliverSecrets(deps, {
      runId: state.run.runId,
      invocationId: what.invocation.invocationId,
      used: secretsOfOperation({ ...state.place, operation: what.sending.operation }, state.run.params),
      agent: agent.kind,
      shell: batchShell(what.sending.recipients.map(({ batchNode }) => batchNode)),
      deliverySeconds: deliverySecondsOf(state.batch),
    });
    const script = await render(deps, state, { ...what, secrets, files });
    const bytes = bytesOf(script);
    if (bytes <= agent.limits.scriptBytes) return { script, secretsBlob: secrets?.blob, files: files.length > 0 };
    if (secrets?.blob !== undefined) await deps.blobs.remove(secrets.blob);
    return tooLarge(what.sending.operation, bytes, agent);
  } catch (error) {
    if (isAppError(error, 'secret.') || isAppError(error, 'file.')) return `${error.code}: ${error.message}`;
    throw error;
  }
};

interface Rendering {
  readonly sending: Sending;
  readonly invocation: InvocationRecord;
  readonly secrets?: DeliveredSecrets | undefined;
  readonly files: readonly WrapperFile[];
}

const bytesOf = (script: RenderedWrapper): number => new TextEncoder().encode(script.content).length;

/**
 * The script with a form for uploads. When it then is more than the agent takes it goes without: long output stays cut, and its results say
 * how many bytes are missing.
 */
const render = async (
  deps: SendDeps,
  { run, place, batch }: SendState,
  { sending, invocation, secrets, files }: Rendering,
): Promise<RenderedWrapper> => {
  const { kind, limits } = agentOf(deps.agents, batch);
  const { operation, recipients } = sending;
  const { tryNumber, createdAt } = invocation;
  const values = { recipients, secrets, files };
  const input = { run, key: place.key, operation, agent: kind, textBytes: limits.textBytes, tryNumber, ...values };
  const upload = await uploadInput(deps, {
    runId: run.runId,
    fence: fenceOf({ run, key: place.key, operationId: operation.id, tryNumber }),
    createdAt,
    answerSeconds: answerSecondsOf(batch, operation),
  });
  const script = renderScript({ ...input, upload });
  if (upload === undefined || bytesOf(script) <= limits.scriptBytes) return script;
  deps.log.info('invocation.without-upload', { runId: run.runId, invocationId: invocation.invocationId });
  return renderScript(input);
};

/** Time until every node of a batch must have answered: delivery, the script, its upload, and grace. */
const answerSecondsOf = (batch: BatchRecord, operation: Operation): number =>
  deliverySecondsOf(batch) + timeoutSecondsOf(operation) + uploadSeconds + answerGraceSeconds;

const deliverySecondsOf = ({ online }: BatchRecord): number =>
  online ? deliverySeconds.online : deliverySeconds.offline;

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
