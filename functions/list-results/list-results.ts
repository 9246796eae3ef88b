import pMap from 'p-map';
import { requireRun } from '#functions/records/change-run.ts';
import { readJson } from '#functions/records/json-blob.ts';
import { textBlobSchema } from '#functions/records/text-blob.ts';
import type { ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { BatchNode, InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { pageOfParts } from './paging.ts';
import { listSources, readBatch, type Source, type SourceDeps } from './sources.ts';

/** Text blobs read at once. */
const blobWidth = 16;

/** What listing results needs. */
export interface ListResultsDeps extends SourceDeps {
  readonly blobs: Blobs;
}

interface Found {
  readonly source: Source;
  readonly batchNode: BatchNode;
  readonly result: ResultRecord;
  readonly invocation: InvocationRecord | undefined;
}

/**
 * What each operation did on each node, with its output, over all attempts, in the order of the plan. Text that was moved to a blob is put
 * back.
 * @throws AppError `run.not-found`, `request.invalid`
 */
export const listResults =
  (deps: ListResultsDeps) =>
  async (runId: RunId, query: ResultsQuery): Promise<Page<ResultView>> => {
    const run = await requireRun(deps.store, runId);
    const sources = (await listSources(deps, run, query.attempt)).filter(
      ({ phase, batchId }) => batchId !== undefined && (query.phase === undefined || phase.name === query.phase),
    );
    const page = await pageOfParts(sources, query, (source) => findIn(deps, runId, source, query));
    return { ...page, items: await pMap(page.items, (found) => viewOf(deps, found), { concurrency: blobWidth }) };
  };

/** What a batch has of each operation on each node, at the place of that operation and node. */
const findIn = async (
  deps: ListResultsDeps,
  runId: RunId,
  source: Source,
  query: ResultsQuery,
): Promise<readonly (Found | undefined)[]> => {
  if (!source.batchId) return [];
  const { nodes, results } = await readBatch(deps, runId, source.batchId);
  const invocations = new Map(
    (await deps.store.listInvocations(runId, source.batchId)).map((one) => [one.invocationId, one]),
  );
  const byPlace = new Map(results.map((one) => [`${one.operationIndex} ${one.nodeId}`, one]));
  return source.phase.operations.flatMap((_, operationIndex) =>
    nodes.map((batchNode) => {
      const result = byPlace.get(`${operationIndex} ${batchNode.node.id}`);
      if (!result || !isAsked(batchNode, result, query)) return undefined;
      return { source, batchNode, result, invocation: result.invocationId && invocations.get(result.invocationId) };
    }),
  );
};

const isAsked = ({ node }: BatchNode, result: ResultRecord, query: ResultsQuery): boolean =>
  (query.status?.includes(result.outcome.status) ?? true) &&
  (query.operation === undefined || result.operationId === query.operation) &&
  (query.node === undefined || node.id === query.node || node.name === query.node);

const viewOf = async (deps: ListResultsDeps, { source, batchNode, result, invocation }: Found): Promise<ResultView> => {
  const { textBlob, ...outcome } = result.outcome;
  const text = textBlob === null ? {} : await readJson(deps.blobs, textBlob, textBlobSchema);
  return {
    ...outcome,
    ...text,
    nodeId: result.nodeId,
    name: batchNode.node.name,
    group: source.group.name,
    phase: source.phase.name,
    round: source.round,
    operation: result.operationId,
    attempt: source.key.attempt,
    ...(result.invocationId === undefined ? {} : { invocationId: result.invocationId }),
    ...(invocation?.agentInvocationId === undefined ? {} : { agentInvocationId: invocation.agentInvocationId }),
  };
};
