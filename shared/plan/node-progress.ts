import type { NodeId } from '../model/ids.ts';
import type { Operation } from '../model/job.ts';
import type { NodeMark } from '../model/marks.ts';
import type { BatchNode, ResultRecord } from '../model/run.ts';
import type { NodeStatus, OutcomeStatus } from '../model/status.ts';
import { latestMark } from './node-marks.ts';

/** The parts of a result that progress depends on. */
export type ResultStep = Pick<ResultRecord, 'nodeId' | 'operationIndex' | 'tryNumber' | 'invocationId' | 'mark'> & {
  readonly outcome: { readonly status: OutcomeStatus };
};

/** The part of an operation that progress depends on. */
export type Tolerance = Pick<Operation, 'failIgnore' | 'retries'>;

/** How far a node is in its phase. */
export interface NodeProgress {
  readonly status: NodeStatus;
  /** The operation to run now, by index; undefined at the node's end. */
  readonly nextOperation: number | undefined;
  /** Which try of that operation, from 0. */
  readonly nextTry: number;
  /** The first operation that is not done, by index, where another attempt would pick the node up; the number of operations when all are. */
  readonly resumeAt: number;
  /** True when an operation before `resumeAt` failed and was tolerated. */
  readonly tolerated: boolean;
}

/**
 * The progress of one node of a batch, from its results there. `from` says what was done before this batch.
 *
 * Operations count in order. Succeeded and skipped ones are done. With `failIgnore`, failed and timed out ones are done too, and leave a mark.
 * Any other end is the end of the node: `undeliverable`, `lost` and `aborted` are never tolerated, because nobody knows what the next
 * operation would stand on, or somebody said stop. Of several tries of one operation the last one counts; where `retries` has another one for
 * such an end, the node is not at its end. What never was sent (its values could not be made) is not tried again: it would end the same way.
 * With all operations done: `ignored` when one was tolerated, `skipped` when every one was skipped, else `succeeded`.
 * Before its end a node is `pending`: results do not tell whether something runs now.
 */
export const nodeProgress = (
  operations: readonly Tolerance[],
  results: readonly ResultStep[],
  from: Pick<BatchNode, 'startAt' | 'tolerated'>,
): NodeProgress => {
  const outcomes = lastTries(results);
  let { tolerated } = from;
  for (let index = from.startAt; index < operations.length; index += 1) {
    const last = outcomes.get(index);
    const here = { resumeAt: index, tolerated };
    if (last === undefined) return { status: 'pending', nextOperation: index, nextTry: 0, ...here };
    if (isTriedAgain(last, operations[index]))
      return { status: 'pending', nextOperation: index, nextTry: last.tryNumber + 1, ...here };
    const { status } = last.outcome;
    const kind = endOf(status, operations[index]);
    if (kind === 'stop') return { status, nextOperation: undefined, nextTry: 0, ...here };
    tolerated ||= kind === 'tolerated';
  }
  // Operations before this batch are done, and not known to have been skipped.
  const skipped = from.startAt === 0 && operations.every((_, i) => outcomes.get(i)?.outcome.status === 'skipped');
  const status = doneStatus(tolerated, skipped);
  return { status, nextOperation: undefined, nextTry: 0, resumeAt: operations.length, tolerated };
};

const isTriedAgain = ({ outcome, tryNumber, invocationId }: ResultStep, operation: Tolerance | undefined): boolean =>
  operation?.retries !== undefined &&
  invocationId !== undefined &&
  tryNumber < operation.retries.max &&
  operation.retries.on.some((status) => status === outcome.status);

const doneStatus = (tolerated: boolean, skipped: boolean): NodeStatus => {
  if (tolerated) return 'ignored';
  return skipped ? 'skipped' : 'succeeded';
};

const endOf = (status: OutcomeStatus, operation: Tolerance | undefined): 'done' | 'tolerated' | 'stop' => {
  if (status === 'succeeded' || status === 'skipped') return 'done';
  const tolerable = status === 'failed' || status === 'timedOut';
  return tolerable && operation?.failIgnore === true ? 'tolerated' : 'stop';
};

const lastTries = (results: readonly ResultStep[]): ReadonlyMap<number, ResultStep> => {
  const last = new Map<number, ResultStep>();
  for (const result of results) {
    const known = last.get(result.operationIndex);
    if (known === undefined || result.tryNumber > known.tryNumber) last.set(result.operationIndex, result);
  }
  return last;
};

/**
 * The progress of every node of a batch, in its order, with what operators said of it. `results` are those of the batch, of all nodes and
 * operations, in any order, marks among them.
 */
export const progressOfNodes = <T extends ResultStep>(
  operations: readonly Tolerance[],
  nodes: readonly BatchNode[],
  results: readonly T[],
): ReadonlyMap<NodeId, NodeProgress> => {
  const byNode = Map.groupBy(results, (result) => result.nodeId);
  return new Map(nodes.map((from) => [from.node.id, markedProgress(operations, byNode.get(from.node.id) ?? [], from)]));
};

const markedProgress = (
  operations: readonly Tolerance[],
  steps: readonly ResultStep[],
  from: Pick<BatchNode, 'startAt' | 'tolerated'>,
): NodeProgress => {
  const marks = steps.flatMap(({ mark }) => mark ?? []);
  if (marks.length === 0) return nodeProgress(operations, steps, from);
  const results = steps.filter(({ mark }) => mark === undefined);
  return withMarks(nodeProgress(operations, results, from), marks);
};

const fromTheFirst: NodeProgress = { status: 'pending', nextOperation: 0, nextTry: 0, resumeAt: 0, tolerated: false };

/** A reset node is pending at its first operation; an ignored one is at its end, and would go on where it stood. */
const withMarks = (progress: NodeProgress, marks: readonly NodeMark[]): NodeProgress => {
  const base = marks.some(({ kind }) => kind === 'reset') ? fromTheFirst : progress;
  return latestMark(marks)?.kind === 'ignored' ? { ...base, status: 'ignored', nextOperation: undefined } : base;
};

/** The status of each node of a batch, in its order, as its results and marks say. */
export const batchStatuses = (
  operations: readonly Tolerance[],
  nodes: readonly BatchNode[],
  results: readonly ResultStep[],
): readonly NodeStatus[] => {
  const progress = progressOfNodes(operations, nodes, results);
  return nodes.map(({ node }) => progress.get(node.id)?.status ?? 'pending');
};

/** An operation, and the nodes that need it now. */
export interface NextOperation {
  /** Index in the phase. */
  readonly operationIndex: number;
  /** Which try of it, from 0. */
  readonly tryNumber: number;
  readonly nodes: readonly BatchNode[];
}

/**
 * The first operation that a node of the batch still needs, in its first try that one needs, with the nodes that need it; undefined when
 * every node is at its end.
 */
export const nextOperationOfBatch = (
  operations: readonly Tolerance[],
  nodes: readonly BatchNode[],
  results: readonly ResultStep[],
): NextOperation | undefined => {
  const progress = progressOfNodes(operations, nodes, results);
  const rankOf = (from: BatchNode): number => {
    const { nextOperation, nextTry = 0 } = progress.get(from.node.id) ?? {};
    return nextOperation === undefined ? Number.POSITIVE_INFINITY : nextOperation * triesPerOperation + nextTry;
  };
  const first = nodes.reduce((least, from) => Math.min(least, rankOf(from)), Number.POSITIVE_INFINITY);
  if (first === Number.POSITIVE_INFINITY) return undefined;
  return {
    operationIndex: Math.floor(first / triesPerOperation),
    tryNumber: first % triesPerOperation,
    nodes: nodes.filter((from) => rankOf(from) === first),
  };
};

/** More than the tries that any operation has. */
const triesPerOperation = 1000;
