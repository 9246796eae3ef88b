import pMap from 'p-map';
import { requireBatch } from '#functions/records/batch-parts.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { type EndPermitDeps, endPermit, mayHavePermit } from '#functions/records/end-permit.ts';
import { agentOf, batchScope, isSettled } from '#functions/records/invocation-parts.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { keepText } from '#functions/records/keep-text.ts';
import { lookDelaySeconds, waitSeconds } from '#functions/records/look-delay.ts';
import { maskerOf } from '#functions/records/masker-of.ts';
import { phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { runnerOutputsNode } from '#functions/records/runner-outputs.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { gateById } from '#shared/gate/gates-of-run.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { isScript } from '#shared/model/operation.ts';
import type { BatchNode, ResultRecord } from '#shared/model/run.ts';
import { nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import { judgeByRules } from '#shared/plan/outcome-rules.ts';
import type { Agents, InstanceReport } from '#shared/ports/agent.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { type Blobs, type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, NodeOutputs, PlanStore, RunStore } from '#shared/ports/store.ts';
import { type OperationSecret, secretsOfOperation } from '#shared/secrets/operation-secrets.ts';
import type { TaskBehaviour, TaskOutput } from '#shared/workflow/task-registry.ts';
import { goOnAfterReboots } from './go-on-after-reboots.ts';
import { judgeUploads } from './judge-uploads.ts';
import { fenceOfLook, isAborting, type Look } from './look.ts';
import { maskOutcome } from './mask-outcome.ts';
import { type StopNodesDeps, stopLookSeconds, stopNodes } from './stop-nodes.ts';
import { withUploads } from './upload-claims.ts';
import { type NodeVerdict, verdictOf } from './verdict.ts';
import { waitingVerdicts } from './waiting-verdicts.ts';

/** Text blobs written at once. */
const blobWidth = 16;

/** What Collect Results needs. */
export interface CollectResultsDeps extends EndPermitDeps {
  readonly store: EndPermitDeps['store'] &
    Pick<RunStore, 'get'> &
    Pick<
      PlanStore,
      'getGroup' | 'listGroups' | 'getBatch' | 'getProgress' | 'putProgress' | 'setTally' | 'updateGroup'
    > &
    Pick<LedgerStore, 'beginLook' | 'listResults' | 'putResults' | 'putResultIfAbsent' | 'putOutputs'> &
    StopNodesDeps['store'];
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly agents: Agents;
  readonly secrets: Pick<Secrets, 'fetch'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks the agent how an invocation stands and writes what is new. What the agent says is written in bulk, since it says the same thing
 * again when asked again; a verdict of our own clock is written only where there is none. Says whether to wait on, to go to the next
 * operation, or that the batch is at its end.
 */
export const collectResults =
  (deps: CollectResultsDeps): TaskBehaviour<'collectResults'> =>
  async (input) => {
    const look = await beginLook(deps, input);
    if (look.invocation.status === 'sending') return { state: 'next', invocationId: input.invocationId, look: 1 };
    const verdicts = isScript(look.operation)
      ? await judgeAtAgent(deps, look)
      : waitingVerdicts(look.open, look.invocation, {
          nowMs: deps.clock.now(),
          aborting: isAborting(look),
          gate: gateById(look.run.gates, look.invocation.invocationId),
        });
    const fresh = await write(deps, look, verdicts);
    return settle(deps, { ...look, results: [...look.results, ...fresh] }, fresh.length > 0);
  };

const beginLook = async (
  deps: CollectResultsDeps,
  { runId, batchId, invocationId }: Parameters<TaskBehaviour<'collectResults'>>[0],
): Promise<Look> => {
  const [run, invocation, { batch, progress }, results] = await Promise.all([
    requireRun(deps.store, runId),
    deps.store.beginLook(runId, invocationId),
    requireBatch(deps.store, runId, batchId),
    deps.store.listResults(runId, batchId),
  ]);
  const place = await phasePlace(deps, run, parseSliceId(batchId));
  const operation = place.phase.operations[invocation.operationIndex];
  if (!operation)
    throw new AppError('record.missing', `Invocation ${invocationId} is of an operation that its phase does not have`);
  const answered = new Set(
    results
      .filter((one) => one.operationIndex === invocation.operationIndex && one.tryNumber === invocation.tryNumber)
      .map((one) => one.nodeId),
  );
  const open = batch.nodes.filter(({ node }) => invocation.nodeIds.includes(node.id) && !answered.has(node.id));
  return { run, place, batch, progress, results, invocation, operation, agent: agentOf(deps.agents, batch), open };
};

/** The invocation as the agent knows it. */
const targetOf = ({ batch, invocation, open }: Look) => ({
  ...batchScope(batch),
  agentInvocationId: invocation.agentInvocationId ?? '',
  instanceIds: open.map(({ via }) => via.instanceId),
});

const judgeAtAgent = async (deps: CollectResultsDeps, look: Look): Promise<readonly NodeVerdict[]> => {
  const target = targetOf(look);
  const reports = look.open.length === 0 ? [] : await look.agent.look(target);
  const standing = look.operation.reboot === true ? await goOnAfterReboots(deps, look, target, reports) : reports;
  const verdicts = isAborting(look) ? await stopNodes(deps, look, standing) : judge(deps, look, standing);
  return verdicts.map((one) =>
    one.kind === 'said' ? { ...one, outcome: judgeByRules(look.operation, one.outcome) } : one,
  );
};

const judge = (deps: CollectResultsDeps, look: Look, reports: readonly InstanceReport[]): readonly NodeVerdict[] => {
  const byInstance = new Map(reports.map((report) => [report.instanceId, report]));
  const fence = fenceOfLook(look);
  return look.open.map((batchNode) =>
    verdictOf({
      batchNode,
      runId: look.run.runId,
      fence,
      mayReboot: look.operation.reboot === true,
      report: byInstance.get(batchNode.via.instanceId),
      nowMs: deps.clock.now(),
      deliverByMs: Date.parse(look.invocation.deliverBy ?? nowIso(deps.clock)),
      deadlineMs: Date.parse(look.invocation.deadlineAt ?? nowIso(deps.clock)),
    }),
  );
};

/**
 * Writes the verdicts; returns the results that are now known. Nodes given up on are cancelled at the agent, so that they do not run later;
 * where another look has written an answer meanwhile, that one stands, and the next look finds it.
 */
const write = async (
  deps: CollectResultsDeps,
  look: Look,
  verdicts: readonly NodeVerdict[],
): Promise<readonly ResultRecord[]> => {
  const settled = verdicts.filter((one) => one.kind !== 'open');
  const masker = await maskerOf(deps.secrets, settled.length === 0 ? [] : secretsOf(look));
  const records = await pMap(
    settled,
    async ({ batchNode, outcome, claims, kind }) => {
      const confirmed = await withUploads(deps.blobs, outcome, claims);
      const judged = await judgeUploads(deps.blobs, look.operation, confirmed);
      return { kind, record: await resultOf(deps, look, batchNode, maskOutcome(masker, judged)) };
    },
    { concurrency: blobWidth },
  );
  const said = records.filter((one) => one.kind === 'said').map((one) => one.record);
  const givenUp = records.filter((one) => one.kind === 'givenUp').map((one) => one.record);
  await deps.store.putOutputs(outputsOf(look, said));
  await deps.store.putResults(said);
  if (givenUp.length > 0) {
    const instanceIds = settled
      .filter((one) => one.kind === 'givenUp')
      .map(({ batchNode }) => batchNode.via.instanceId);
    await look.agent.cancel({
      ...batchScope(look.batch),
      agentInvocationId: look.invocation.agentInvocationId ?? '',
      instanceIds,
    });
  }
  const isWritten = await Promise.all(givenUp.map((one) => deps.store.putResultIfAbsent(one)));
  return [...said, ...givenUp.filter((_, index) => isWritten[index])];
};

const secretsOf = ({ run, place, operation }: Look): readonly OperationSecret[] =>
  secretsOfOperation({ ...place, operation }, run.params);

const resultOf = async (
  deps: CollectResultsDeps,
  look: Look,
  { node }: BatchNode,
  outcome: ResultRecord['outcome'],
): Promise<ResultRecord> => {
  const { run, batch, invocation } = look;
  const key = `runs/${run.runId}/text/${batch.batchId}.o${invocation.operationIndex}.t${invocation.tryNumber}/${encodeURIComponent(node.id)}.json`;
  return {
    runId: run.runId,
    batchId: batch.batchId,
    operationIndex: invocation.operationIndex,
    operationId: invocation.operationId,
    nodeId: node.id,
    tryNumber: invocation.tryNumber,
    invocationId: invocation.invocationId,
    outcome: await keepText(deps.blobs, key, outcome),
    recordedAt: nowIso(deps.clock),
  };
};

/** Outputs are kept apart, by node, so that an operation of any later phase finds them; those of a failed operation are not. */
const outputsOf = ({ run, place }: Look, results: readonly ResultRecord[]): readonly NodeOutputs[] =>
  results.flatMap(({ nodeId, operationId, outcome }) =>
    outcome.status === 'succeeded' && Object.keys(outcome.outputs).length > 0
      ? [
          {
            runId: run.runId,
            nodeId: place.phase.on === 'runner' ? runnerOutputsNode : nodeId,
            operationId,
            values: outcome.outputs,
          },
        ]
      : [],
  );

const settle = async (deps: CollectResultsDeps, look: Look, news: boolean): Promise<TaskOutput<'collectResults'>> => {
  const { invocationId } = look.invocation;
  if (!isSettled(look.invocation, look.results)) {
    if (news) await recordProgress(deps, look, 'running');
    const leftMs = Date.parse(look.invocation.deadlineAt ?? nowIso(deps.clock)) - deps.clock.now();
    const delay = isScript(look.operation)
      ? lookDelaySeconds(look.invocation, leftMs / 1000)
      : waitSeconds(leftMs, look.invocation.looks);
    return { state: 'open', invocationId, look: isAborting(look) ? stopLookSeconds : delay };
  }
  // Every node has answered, so none will fetch them any more.
  if (look.invocation.secretsBlob !== undefined) await deps.blobs.remove(look.invocation.secretsBlob);
  const next = nextOperationOfBatch(look.place.phase.operations, look.batch.nodes, look.results);
  if (next) return { state: 'next', invocationId, look: 1 };
  await recordProgress(deps, look, 'done');
  if (mayHavePermit(look.place, look.batch))
    await endPermit(deps, { runId: look.run.runId, batchId: look.batch.batchId });
  return { state: 'done', invocationId, look: 1 };
};
