import type { ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { type BatchId, formatResultId, formatSliceId, type RunId } from '#shared/model/ids.ts';
import type { BatchNode, InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import { mayHold, readBatch, type Source, type SourceDeps } from './sources.ts';

/** A result with everything that says where it belongs. */
export interface FoundResult {
  readonly source: Source;
  readonly batchNode: BatchNode;
  readonly result: ResultRecord;
  readonly invocation: InvocationRecord | undefined;
}

/** Which results are asked for. */
export type ResultsFilter = Omit<ResultsQuery, 'cursor' | 'limit'>;

/** Places that an operation on a node has in a batch, one for each try. */
const triesPerNode = 32;

/** The batches that can hold results that are asked for, in order. */
export const resultSources = (sources: readonly Source[], { phase, since }: ResultsFilter): readonly Source[] =>
  sources.filter(
    (source) =>
      source.batchId !== undefined &&
      (phase === undefined || source.phase.name === phase) &&
      (since === undefined || source.closedAt === undefined || source.closedAt >= since),
  );

/** Tells whether a batch can have results of that time or later; reads the progress of each slice once. */
export const newSince = (
  deps: SourceDeps,
  runId: RunId,
  since: string | undefined,
): ((source: Source) => Promise<boolean>) => {
  const slices = new Map<string, Promise<ReadonlySet<BatchId>>>();
  const read = async (sliceId: ReturnType<typeof formatSliceId>): Promise<ReadonlySet<BatchId>> => {
    const progress = await deps.store.listProgress(runId, sliceId);
    const over = progress.filter(({ endedAt }) => endedAt !== undefined && since !== undefined && endedAt < since);
    return new Set(over.map(({ batchId }) => batchId));
  };
  return async ({ key, batchId }) => {
    if (since === undefined || batchId === undefined) return true;
    const sliceId = formatSliceId(key);
    const over = slices.get(sliceId) ?? read(sliceId);
    slices.set(sliceId, over);
    return !(await over).has(batchId);
  };
};

/** What a batch has of each operation on each node, each try at its place; a sparse array. */
export const findInBatch = async (
  deps: SourceDeps,
  runId: RunId,
  { source, filter }: { readonly source: Source; readonly filter: ResultsFilter },
): Promise<readonly (FoundResult | undefined)[]> => {
  if (!source.batchId || !(await mayHold(deps, runId, source.batchId, filter.node))) return [];
  const { nodes, results } = await readBatch(deps, runId, source.batchId);
  const invocations = new Map(
    (await deps.store.listInvocations(runId, source.batchId)).map((one) => [one.invocationId, one]),
  );
  const byPlace = Map.groupBy(results, (one) => `${one.operationIndex} ${one.nodeId}`);
  const found: (FoundResult | undefined)[] = [];
  source.phase.operations.forEach((_, operationIndex) => {
    nodes.forEach((batchNode, nodeIndex) => {
      const tries = byPlace.get(`${operationIndex} ${batchNode.node.id}`) ?? [];
      for (const result of filter.tries === 'all' ? tries : tries.slice(-1)) {
        if (!isAsked(batchNode, result, filter)) continue;
        const invocation = result.invocationId && invocations.get(result.invocationId);
        const place = (operationIndex * nodes.length + nodeIndex) * triesPerNode + result.tryNumber;
        found[place] = { source, batchNode, result, invocation };
      }
    });
  });
  return found;
};

const isAsked = ({ node }: BatchNode, result: ResultRecord, filter: ResultsFilter): boolean =>
  (filter.status?.includes(result.outcome.status) ?? true) &&
  (filter.operation === undefined || result.operationId === filter.operation) &&
  (filter.node === undefined || node.id === filter.node || node.name === filter.node) &&
  (filter.since === undefined || result.recordedAt >= filter.since);

/** Which result it is, for a person. */
export const placeOf = ({
  source,
  batchNode,
  result,
}: FoundResult): Pick<
  ResultView,
  'resultId' | 'nodeId' | 'name' | 'group' | 'phase' | 'operation' | 'attempt' | 'tryNumber'
> => ({
  resultId: formatResultId(result),
  nodeId: result.nodeId,
  name: batchNode.node.name,
  group: source.group.name,
  phase: source.phase.name,
  operation: result.operationId,
  attempt: source.key.attempt,
  tryNumber: result.tryNumber,
});
