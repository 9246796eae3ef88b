import { type NodeId, parseSliceId } from '../model/ids.ts';
import type { BatchRecord, Selection } from '../model/run.ts';
import { isTerminalNodeStatus, type NodeStatus } from '../model/status.ts';
import { carriedOver } from './carry-over.ts';
import { type NodeProgress, progressOfNodes, type ResultStep, type Tolerance } from './node-progress.ts';

/** How a node stands in a phase after the last batch that held it. */
export interface LedgerEntry {
  readonly status: NodeStatus;
  /** The first operation that is not done, by index: where another attempt picks the node up. */
  readonly nextOperation: number;
  /** True when an operation before that failed and was tolerated. */
  readonly tolerated: boolean;
  /** Attempt of that batch. */
  readonly attempt: number;
  /** True while one of its operations is not done. */
  readonly goesOn: boolean;
  /** True when nothing of the phase is left to do on it: all its operations are done, or an operator said that it is ignored. */
  readonly finished: boolean;
}

/** The nodes of one phase that ever were in a batch. */
export type Ledger = ReadonlyMap<NodeId, LedgerEntry>;

/** An operation as far as the ledger looks at it. */
export type LedgerOperation = Tolerance & { readonly id: string };

/** A batch of the phase with its results. */
export interface LedgerBatch {
  readonly batch: Pick<BatchRecord, 'batchId' | 'nodes'>;
  readonly results: readonly ResultStep[];
  /** Operations of the phase as the job of the batch's attempt had them; absent when they are the same. */
  readonly operations?: readonly LedgerOperation[];
}

/**
 * What the batches of a phase say of its nodes: of all attempts and passes so far, oldest first, because the last batch that holds a node
 * decides. A node that was put into a batch and not started is `pending` there, so a later attempt still owes it what that batch owed.
 * `operations` are those of the current job: what was done by an earlier one stays done by the ids of its operations.
 */
export const ledgerOf = (operations: readonly LedgerOperation[], batches: readonly LedgerBatch[]): Ledger => {
  const ledger = new Map<NodeId, LedgerEntry>();
  for (const { batch, results, operations: before = operations } of batches) {
    const { attempt } = parseSliceId(batch.batchId);
    const ids = { before: before.map(({ id }) => id), now: operations.map(({ id }) => id) };
    for (const [nodeId, progress] of progressOfNodes(before, batch.nodes, results)) {
      const nextOperation = before === operations ? progress.resumeAt : carriedOver(ids, progress.resumeAt);
      const { status, tolerated } = progress;
      const goesOn = nextOperation < operations.length;
      const finished = isIgnoredByHand(progress, before) || (doneForGood.has(status) && !goesOn);
      ledger.set(nodeId, { status, nextOperation, tolerated, attempt, goesOn, finished });
    }
  }
  return ledger;
};

/** What an operator ignored is not done, and nothing of it is left either. */
const isIgnoredByHand = ({ status, resumeAt }: NodeProgress, operations: readonly LedgerOperation[]): boolean =>
  status === 'ignored' && resumeAt < operations.length;

/** The places of a phase that an attempt runs because they were chosen. */
export interface PhasePicks {
  has(nodeId: NodeId): boolean;
  /** True when the node begins at its first operation, whatever it has done. */
  fromFirst(nodeId: NodeId): boolean;
}

/** The attempt that asks what is left. */
export interface LeftQuery {
  readonly mode: Selection['mode'];
  /** Its number, from 1. */
  readonly attempt: number;
  /** What was chosen, in mode `retry`. */
  readonly picks?: PhasePicks;
}

const doneForGood: ReadonlySet<NodeStatus> = new Set(['succeeded', 'ignored', 'skipped']);

type Start = Pick<LedgerEntry, 'tolerated'> & { readonly startAt: number };

const first: Start = { startAt: 0, tolerated: false };

/** Where a node begins in this attempt; undefined when nothing of it is left. */
const startOf = (nodeId: NodeId, known: LedgerEntry | undefined, query: LeftQuery): Start | undefined => {
  if (query.mode === 'retry' && query.picks?.has(nodeId) !== true) return undefined;
  if (known === undefined) return first;
  const next: Start = { startAt: known.nextOperation, tolerated: known.tolerated };
  // What this attempt did itself, before a pause.
  if (known.attempt === query.attempt) return known.finished || isTerminalNodeStatus(known.status) ? undefined : next;
  if (query.mode === 'force') return first;
  if (query.mode === 'continue' || query.mode === 'all') return known.finished ? undefined : next;
  if (query.picks?.fromFirst(nodeId) === true) return first;
  return known.goesOn ? next : undefined;
};

/**
 * The nodes that an attempt still has to run, in the given order, each with its first operation. Nodes that succeeded, were ignored or skipped
 * are done, and so is a node that came to any end in this very attempt, before a pause. All others go on at their own next operation; one that
 * was lost there is run again, because an operator asked for a new attempt. `force` counts only what this attempt did itself, so everything
 * runs again once, also when a pause lies between; `retry` runs what was chosen, once, and nothing else.
 */
export const whatIsLeft = <T extends { readonly node: { readonly id: NodeId } }>(
  nodes: readonly T[],
  ledger: Ledger,
  query: LeftQuery,
): readonly (T & Start)[] =>
  nodes.flatMap((item) => {
    const start = startOf(item.node.id, ledger.get(item.node.id), query);
    return start === undefined ? [] : [{ ...item, ...start }];
  });
