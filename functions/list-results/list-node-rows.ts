import { requireRun } from '#functions/records/change-run.ts';
import type { NodeRowsQuery } from '#shared/contract/requests.ts';
import type { NodeRow } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Node } from '#shared/model/node.ts';
import type { BatchNode, ResultRecord, RunRecord } from '#shared/model/run.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { explainingResult } from '#shared/plan/explaining-result.ts';
import type { Page } from '#shared/ports/store.ts';
import { pageOfParts } from './paging.ts';
import {
  listSources,
  mayHold,
  readBatch,
  type Source,
  type SourceDeps,
  statusesOfBatch,
  takenOver,
} from './sources.ts';

/**
 * The nodes of a run, phase by phase, each as it stands after the last attempt that touched it; nodes whose turn has not come are pending.
 * @throws AppError `run.not-found`, `request.invalid`
 */
export const listNodeRows =
  (deps: SourceDeps) =>
  async (runId: RunId, query: NodeRowsQuery): Promise<Page<NodeRow>> => {
    const run = await requireRun(deps.store, runId);
    const all = await listSources(deps, run, query.attempt);
    const sources = all.filter(({ phase }) => query.phase === undefined || phase.name === query.phase);
    const moved = takenOver(deps, runId, all);
    return pageOfParts(sources, query, async (source) => {
      if (source.batchId && !(await mayHold(deps, runId, source.batchId, query.node))) return [];
      const rows = await rowsOf(deps, run, source);
      const elsewhere = await moved(source);
      return rows.map((row) => (elsewhere.has(row.nodeId) || !isAsked(row, query) ? undefined : row));
    });
  };

const isAsked = (row: NodeRow, { status, node }: NodeRowsQuery): boolean =>
  (status?.includes(row.status) ?? true) && (node === undefined || row.nodeId === node || row.name === node);

const rowsOf = async (deps: SourceDeps, run: RunRecord, source: Source): Promise<readonly NodeRow[]> => {
  if (source.planned) return (await source.planned()).map(({ node }) => ({ ...placeOf(source, node), ...untouched }));
  if (!source.batchId) return [];
  const content = await readBatch(deps, run.runId, source.batchId);
  const statuses = statusesOfBatch(run, source, content);
  const byNode = Map.groupBy(content.results, (result) => result.nodeId);
  const marks = Map.groupBy(content.marks, (mark) => mark.nodeId);
  return content.nodes.map((batchNode, index) => {
    const results = byNode.get(batchNode.node.id) ?? [];
    const status = statuses[index] ?? 'pending';
    const said = reasonOfMarks(marks.get(batchNode.node.id));
    return {
      ...placeOf(source, batchNode.node),
      status,
      ...latest(source, batchNode, results, status),
      ...(said === undefined ? {} : { reason: said }),
    };
  });
};

/** What the last of the operators said. */
const reasonOfMarks = (marks: readonly ResultRecord[] = []): string | null | undefined =>
  marks.toSorted((a, b) => a.tryNumber - b.tryNumber).at(-1)?.outcome.reason;

const untouched = {
  status: 'pending',
  exitCode: null,
  reason: null,
  rawStatus: null,
  stop: null,
  durationMs: null,
} as const;

const placeOf = ({ group, phase, round, key }: Source, node: Node) => ({
  nodeId: node.id,
  name: node.name,
  host: node.host,
  agent: node.agent,
  ...(node.account === undefined ? {} : { account: node.account }),
  region: node.region,
  instanceId: node.instanceId,
  group: group.name,
  phase: phase.name,
  round,
  attempt: key.attempt,
});

/** The result that explains the status: the last one; while the node is under way, the operation that it is at. */
const latest = ({ phase }: Source, { startAt }: BatchNode, results: readonly ResultRecord[], status: NodeStatus) => {
  const last = results.at(-1);
  const current = phase.operations[last ? last.operationIndex + 1 : startAt]?.id;
  const isUnderWay = status === 'running' || status === 'waitingInput';
  const operation = isUnderWay ? (current ?? last?.operationId) : last?.operationId;
  const explaining = explainingResult(status, results);
  return {
    ...(operation === undefined ? {} : { operation }),
    exitCode: explaining?.outcome.exitCode ?? null,
    reason: explaining?.outcome.reason ?? null,
    rawStatus: last?.outcome.rawStatus ?? null,
    stop: last?.outcome.stop ?? null,
    durationMs: results.length === 0 ? null : results.reduce((sum, one) => sum + (one.outcome.durationMs ?? 0), 0),
  };
};
