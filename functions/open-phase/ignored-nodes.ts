import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { byNodeNames } from '#functions/records/node-names.ts';
import type { PhasePlace } from '#functions/records/phase-place.ts';
import type { BatchId } from '#shared/model/ids.ts';
import type { MarkOrder } from '#shared/model/marks.ts';
import type { Node } from '#shared/model/node.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { BatchNode, ResultRecord, RunRecord, Selection } from '#shared/model/run.ts';
import { markReason } from '#shared/plan/mark-reason.ts';
import { markTry } from '#shared/plan/node-marks.ts';

/** The order by which a node is ignored in a phase that it has not come to yet; undefined when there is none. */
export type IgnoredBy = (node: Pick<Node, 'id' | 'name'>) => NumberedOrder | undefined;

/** An order with its number. */
export interface NumberedOrder {
  readonly number: number;
  readonly order: MarkOrder;
}

/**
 * What operators ordered for nodes that come to a phase only now. Orders for a phase hold for attempts that run what is left; one that runs
 * everything again, or chosen nodes, heeds those that were given in its own course. The last order that names a node counts.
 */
export const readIgnoredBy = async (
  json: Pick<JsonBlobs, 'namedNodes'>,
  run: RunRecord,
  place: PhasePlace,
  mode: Selection['mode'],
): Promise<IgnoredBy> => {
  const { attempt } = place.key;
  const isHeeded = (order: MarkOrder) => mode === 'continue' || mode === 'all' || order.attempt === attempt;
  const orders = (run.marks ?? []).map((order, index) => ({ order, number: index + 1 }));
  const relevant = orders.filter(({ order }) => isHeeded(order) && isFor(order, place)).reverse();
  const matchers = await Promise.all(
    relevant.map(async (one) => ({
      ...one,
      names: one.order.nodesBlob === undefined ? undefined : await json.namedNodes(one.order.nodesBlob),
    })),
  );
  return (node) => {
    const last = matchers.find(({ names }) => names === undefined || byNodeNames(names)(node));
    return last?.order.kind === 'ignored' ? { order: last.order, number: last.number } : undefined;
  };
};

/** An order without a phase is about what nodes have come to, not about what lies before them. */
const isFor = ({ kind, groups, phases }: MarkOrder, { group, phase }: PhasePlace): boolean =>
  (groups?.includes(group.name) ?? true) && (phases?.includes(phase.name) ?? kind === 'reset');

/** The marks of nodes that a new batch holds only to say that they are ignored. */
export const marksOfBatch = (
  run: RunRecord,
  place: PhasePlace,
  batch: { readonly batchId: BatchId; readonly nodes: readonly BatchNode[] },
  { ignoredBy, at }: { readonly ignoredBy: IgnoredBy; readonly at: string },
): readonly ResultRecord[] =>
  batch.nodes.flatMap(({ node }) => {
    const by = ignoredBy(node);
    return by === undefined
      ? []
      : [
          {
            runId: run.runId,
            batchId: batch.batchId,
            operationIndex: 0,
            operationId: place.phase.operations[0]?.id ?? '',
            nodeId: node.id,
            tryNumber: markTry(by.number),
            outcome: bareOutcome('skipped', markReason(by.order, 'pending')),
            recordedAt: at,
            mark: { kind: 'ignored' as const, order: by.number, was: 'pending' as const },
          },
        ];
  });
