import { type NodeId, parseSliceId } from '../model/ids.ts';
import type { BatchRecord, Selection } from '../model/run.ts';
import { isTerminalNodeStatus, type NodeStatus } from '../model/status.ts';
import { progressOfNodes, type ResultStep, type Tolerance } from './node-progress.ts';

/** How a node stands in a phase after the last batch that held it. */
export interface LedgerEntry {
  readonly status: NodeStatus;
  /** The first operation that is not done, by index: where another attempt picks the node up. */
  readonly nextOperation: number;
  /** True when an operation before that failed and was tolerated. */
  readonly tolerated: boolean;
  /** Attempt of that batch. */
  readonly attempt: number;
}

/** The nodes of one phase that ever were in a batch. */
export type Ledger = ReadonlyMap<NodeId, LedgerEntry>;

/** A batch of the phase with its results. */
export interface LedgerBatch {
  readonly batch: Pick<BatchRecord, 'batchId' | 'nodes'>;
  readonly results: readonly ResultStep[];
}

/**
 * What the batches of a phase say of its nodes: of all attempts and passes so far, oldest first, because the last batch that holds a node
 * decides. A node that was put into a batch and not started is `pending` there, so a later attempt still owes it what that batch owed.
 */
export const ledgerOf = (operations: readonly Tolerance[], batches: readonly LedgerBatch[]): Ledger => {
  const ledger = new Map<NodeId, LedgerEntry>();
  for (const { batch, results } of batches) {
    const { attempt } = parseSliceId(batch.batchId);
    for (const [nodeId, { status, resumeAt, tolerated }] of progressOfNodes(operations, batch.nodes, results))
      ledger.set(nodeId, { status, nextOperation: resumeAt, tolerated, attempt });
  }
  return ledger;
};

/** The attempt that asks what is left. */
export interface LeftQuery {
  readonly mode: Selection['mode'];
  /** Its number, from 1. */
  readonly attempt: number;
}

const doneForGood: ReadonlySet<NodeStatus> = new Set(['succeeded', 'ignored', 'skipped']);

const isDone = (entry: LedgerEntry, attempt: number): boolean =>
  doneForGood.has(entry.status) || (entry.attempt === attempt && isTerminalNodeStatus(entry.status));

/**
 * The nodes that an attempt still has to run, in the given order, each with its first operation. Nodes that succeeded, were ignored or skipped
 * are done, and so is a node that came to any end in this very attempt, before a pause. All others go on at their own next operation; one that
 * was lost there is run again, because an operator asked for a new attempt. `force` counts only what this attempt did itself, so everything runs again once, also when a pause lies between.
 */
export const whatIsLeft = <T extends { readonly node: { readonly id: NodeId } }>(
  nodes: readonly T[],
  ledger: Ledger,
  { mode, attempt }: LeftQuery,
): readonly (T & { readonly startAt: number; readonly tolerated: boolean })[] =>
  nodes.flatMap((item) => {
    const known = ledger.get(item.node.id);
    if (known === undefined || (mode === 'force' && known.attempt !== attempt))
      return [{ ...item, startAt: 0, tolerated: false }];
    return isDone(known, attempt) ? [] : [{ ...item, startAt: known.nextOperation, tolerated: known.tolerated }];
  });
