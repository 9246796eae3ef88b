import { batchShell } from '#functions/records/batch-shell.ts';
import { batchScope } from '#functions/records/invocation-parts.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import { stopIdOf } from '#shared/model/ids.ts';
import type { BatchNode, StopRecord } from '#shared/model/run.ts';
import type { InstanceReport, SendReceipt } from '#shared/ports/agent.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import { fenceOfLook, type Look } from './look.ts';
import { renderStopScript } from './stop-script.ts';
import { type StopSight, stopVerdict, sureOutcome } from './stop-verdict.ts';
import type { NodeVerdict } from './verdict.ts';

/** Time that a stop takes at most on a node that does as it is told, in whole seconds. */
const stopTimeoutSeconds = 40;

/** The least that SSM takes for delivery. */
const stopDeliverySeconds = 30;

/**
 * A node whose wrapper has not ended its script by then is cancelled at its agent too, which frees the agent for the stop if it was busy. A
 * wrapper takes five seconds for a script that does not listen, and as many for what that has started.
 */
const cancelAfterMs = 12_000;

/** While a run is being aborted a batch looks this often. */
export const stopLookSeconds = 1;

/** What stopping nodes needs. */
export interface StopNodesDeps {
  readonly store: Pick<LedgerStore, 'createStop' | 'recordStopSent' | 'updateInvocation'>;
  readonly clock: Clock;
}

/**
 * Ends an operation that is under way on the nodes of an aborted run. The stop script comes first, because it lets the wrapper end the script's
 * tree, record the end and answer with what was printed; an agent's cancel kills the wrapper, and of the tree what it finds. What its agent
 * has not begun yet is cancelled at once. Says of each open node what to hold of it now.
 */
export const stopNodes = async (
  deps: StopNodesDeps,
  look: Look,
  reports: readonly InstanceReport[],
): Promise<readonly NodeVerdict[]> => {
  const fence = fenceOfLook(look);
  const operations = new Map(reports.map((report) => [report.instanceId, report]));
  const reportOf = ({ via }: BatchNode) => operations.get(via.instanceId);
  const { runId } = look.run;
  const mayReboot = look.operation.reboot === true;
  const unsure = look.open.filter(
    (batchNode) => sureOutcome({ batchNode, runId, fence, mayReboot, report: reportOf(batchNode) }) === undefined,
  );
  const sights = unsure.length === 0 ? noSights : await askToStop(deps, look, unsure, reportOf);
  const verdicts = look.open.map((batchNode) =>
    stopVerdict({
      batchNode,
      runId,
      fence,
      mayReboot,
      report: reportOf(batchNode),
      stop: sights(batchNode),
      nowMs: deps.clock.now(),
    }),
  );
  await cancelStubborn(deps, look, verdicts);
  return verdicts;
};

type Sights = (batchNode: BatchNode) => StopSight | undefined;

/** Nothing was sent, because every node has come to its end already. */
const noSights: Sights = () => undefined;

/** Sends the stop once, and looks at it. */
const askToStop = async (
  deps: StopNodesDeps,
  look: Look,
  unsure: readonly BatchNode[],
  reportOf: (batchNode: BatchNode) => InstanceReport | undefined,
): Promise<Sights> => {
  const { run, invocation } = look;
  if (invocation.stop === undefined) await cancelWaiting(look, unsure, reportOf);
  const asked: StopRecord = { nodeIds: unsure.map(({ node }) => node.id), askedAt: nowIso(deps.clock) };
  const { stop, created } =
    invocation.stop === undefined
      ? await deps.store.createStop(run.runId, invocation.invocationId, asked)
      : { stop: invocation.stop, created: false };
  const sent = stop.sentAt === undefined ? await sendStop(deps, look, stop, created) : stop;
  const reports = await lookAtStop(look, sent, unsure);
  return ({ node, via }) => ({
    sentAtMs: Date.parse(sent.sentAt ?? sent.askedAt),
    refused: sent.refusedNodeIds?.includes(node.id) ?? false,
    report: reports.find(({ instanceId }) => instanceId === via.instanceId),
  });
};

/** What no agent has taken yet must not start any more; there is nothing on the node that a cancel could leave behind. */
const cancelWaiting = async (
  look: Look,
  unsure: readonly BatchNode[],
  reportOf: (batchNode: BatchNode) => InstanceReport | undefined,
): Promise<void> => {
  const waiting = unsure.filter((one) => reportOf(one)?.state === 'waiting');
  if (waiting.length > 0) await look.agent.cancel(targetOf(look, waiting));
};

const targetOf = ({ batch, invocation }: Look, nodes: readonly BatchNode[]) => ({
  ...batchScope(batch),
  agentInvocationId: invocation.agentInvocationId ?? '',
  instanceIds: nodes.map(({ via }) => via.instanceId),
});

const sendStop = async (deps: StopNodesDeps, look: Look, stop: StopRecord, created: boolean): Promise<StopRecord> => {
  const { run, batch, agent, invocation } = look;
  const stopId = stopIdOf(invocation.invocationId);
  const known = created
    ? undefined
    : await agent.find({ ...batchScope(batch), invocationId: stopId, since: stop.askedAt });
  const receipt = known === undefined ? await send(look, stop) : { agentInvocationId: known, refusals: [] };
  const refused = new Set(receipt.refusals.map(({ instanceId }) => instanceId));
  return deps.store.recordStopSent({
    runId: run.runId,
    invocationId: invocation.invocationId,
    agent: agent.kind,
    sentAt: nowIso(deps.clock),
    refusedNodeIds: nodesOf(look, stop).flatMap(({ node, via }) => (refused.has(via.instanceId) ? [node.id] : [])),
    ...(receipt.agentInvocationId === undefined ? {} : { agentInvocationId: receipt.agentInvocationId }),
  });
};

const nodesOf = ({ batch }: Look, stop: StopRecord): readonly BatchNode[] =>
  batch.nodes.filter(({ node }) => stop.nodeIds.includes(node.id));

/** Calls the agent. What it refuses for all nodes it refuses for each of them: the abort goes on, and says that it does not know. */
const send = async (look: Look, stop: StopRecord): Promise<SendReceipt> => {
  const { run, batch, agent, invocation, place, operation } = look;
  const nodes = nodesOf(look, stop);
  const instanceIds = nodes.map(({ via }) => via.instanceId);
  const script = renderStopScript({
    run,
    key: place.key,
    operation,
    tryNumber: invocation.tryNumber,
    agent: agent.kind,
    nodes,
  });
  try {
    return await agent.send({
      ...batchScope(batch),
      invocationId: stopIdOf(invocation.invocationId),
      instanceIds,
      script: script.content,
      shell: batchShell(nodes),
      needsInstanceId: script.needsInstanceId,
      timeoutSeconds: stopTimeoutSeconds,
      deliveryTimeoutSeconds: stopDeliverySeconds,
    });
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'agent.refused' && error.code !== 'agent.quota-exceeded')) throw error;
    return {
      refusals: instanceIds.map((instanceId) => ({ instanceId, reason: error.message, rawStatus: error.code })),
    };
  }
};

const lookAtStop = async (
  { batch, agent }: Look,
  { agentInvocationId }: StopRecord,
  nodes: readonly BatchNode[],
): Promise<readonly InstanceReport[]> =>
  agentInvocationId === undefined || nodes.length === 0
    ? []
    : agent.look({ ...batchScope(batch), agentInvocationId, instanceIds: nodes.map(({ via }) => via.instanceId) });

/** Asks the agent too, once, for the nodes that the stop has not settled in time. */
const cancelStubborn = async (deps: StopNodesDeps, look: Look, verdicts: readonly NodeVerdict[]): Promise<void> => {
  const { run, invocation } = look;
  const open = verdicts.flatMap(({ kind, batchNode }) => (kind === 'open' ? [batchNode] : []));
  const askedAt = invocation.stop?.askedAt;
  if (open.length === 0 || askedAt === undefined || invocation.cancelledAt !== undefined) return;
  if (deps.clock.now() < Date.parse(askedAt) + cancelAfterMs) return;
  await look.agent.cancel(targetOf(look, open));
  await deps.store.updateInvocation(run.runId, invocation.invocationId, { cancelledAt: nowIso(deps.clock) });
};
