import { keepText } from '#functions/records/keep-text.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchNode, BatchRecord, InvocationRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import type { NextOperation } from '#shared/plan/node-progress.ts';
import { type Blobs, type Clock, nowIso } from '#shared/ports/services.ts';
import type { LedgerStore, NodeOutputs } from '#shared/ports/store.ts';
import { type CallContext, outputsNodeOf } from './node-scopes.ts';
import type { NodeCall } from './node-values.ts';

/** What settling needs. */
export interface SettleDeps {
  readonly store: Pick<LedgerStore, 'putResults' | 'putOutputs'>;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

interface Called {
  readonly next: NextOperation;
  readonly calls: readonly NodeCall[];
  /** Where something was done under an invocation. */
  readonly invocation?: InvocationRecord;
}

/**
 * Writes the results of nodes to which nothing is sent. Outputs are written before results, so that what is settled can be read. Doing it
 * again after a crash writes the same, or a later evaluation of the same expressions.
 */
export const settleCalls = async (
  deps: SettleDeps,
  state: { readonly run: RunRecord; readonly batch: BatchRecord },
  context: CallContext,
  { next, calls, invocation }: Called,
): Promise<readonly ResultRecord[]> => {
  const settled = next.nodes.flatMap((batchNode, index) => {
    const outcome = outcomeOf(calls[index]);
    return outcome === undefined ? [] : [{ batchNode, outcome }];
  });
  if (settled.length === 0) return [];
  const outputs = settled.flatMap(({ batchNode, outcome }): NodeOutputs[] =>
    outcome.status === 'succeeded' && Object.keys(outcome.outputs).length > 0
      ? [
          {
            runId: state.run.runId,
            nodeId: outputsNodeOf(context, batchNode.node.id),
            operationId: context.operation.id,
            values: outcome.outputs,
          },
        ]
      : [],
  );
  if (outputs.length > 0) await deps.store.putOutputs(outputs);
  const results = await Promise.all(
    settled.map(({ batchNode, outcome }) => resultOf(deps, state, { context, next, batchNode, outcome, invocation })),
  );
  await deps.store.putResults(results);
  return results;
};

const outcomeOf = (call: NodeCall | undefined): Outcome | undefined => {
  switch (call?.kind) {
    case 'settle':
      return call.outcome;
    case 'fail':
      return bareOutcome('failed', call.reason.slice(0, 1024));
    case 'skip':
      return bareOutcome('skipped', call.reason);
    default:
      return undefined;
  }
};

const resultOf = async (
  deps: SettleDeps,
  { run, batch }: { readonly run: RunRecord; readonly batch: BatchRecord },
  settled: {
    readonly context: CallContext;
    readonly next: NextOperation;
    readonly batchNode: BatchNode;
    readonly outcome: Outcome;
    readonly invocation: InvocationRecord | undefined;
  },
): Promise<ResultRecord> => {
  const { context, next, batchNode, outcome, invocation } = settled;
  const { operationIndex, tryNumber } = next;
  const nodeId = batchNode.node.id;
  const key = `runs/${run.runId}/text/${batch.batchId}.o${operationIndex}.t${tryNumber}/${encodeURIComponent(nodeId)}.json`;
  return {
    runId: run.runId,
    batchId: batch.batchId,
    operationIndex,
    operationId: context.operation.id,
    nodeId,
    tryNumber,
    ...(invocation === undefined ? {} : { invocationId: invocation.invocationId }),
    // Outputs of what Drover does itself are kept by node; they may be long, and are not needed twice.
    outcome: { ...(await keepText(deps.blobs, key, outcome)), outputs: shortOutputs(outcome.outputs) },
    recordedAt: nowIso(deps.clock),
  };
};

/** A result shows outputs to people; a long one is read where it is kept. */
const shortOutputs = (outputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, value.length > 1024 ? `${value.slice(0, 1024)}…` : value]),
  );
