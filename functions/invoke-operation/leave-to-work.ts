import { keepTurn, type TurnDeps } from '#functions/records/turns.ts';
import { exclusiveOf } from '#shared/lock/exclusive.ts';
import { lockTimes } from '#shared/lock/times.ts';
import type { Operation } from '#shared/model/job.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import { progressOfNodes } from '#shared/plan/node-progress.ts';
import { nowIso } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import type { BatchState } from './batch-state.ts';
import { obtainPermit } from './obtain-permit.ts';
import type { GivenUp, PermitDeps } from './permit-wish.ts';
import { longestMs } from './send-times.ts';

/** What leave to work needs. */
export interface LeaveDeps extends PermitDeps {
  readonly store: PermitDeps['store'] & TurnDeps['store'] & Pick<LedgerStore, 'putResults'>;
}

/**
 * Whether a batch may send now. `stop`: its run has lost its turn, or the batch is bigger than a disruption budget allows: it ends with nodes
 * left, which the next pass of its stage takes up. `settled`: these nodes are another run's, so they are at their end here.
 */
export type Leave =
  | { readonly kind: 'go' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'wait'; readonly look: number }
  | { readonly kind: 'settled'; readonly results: readonly ResultRecord[] };

const go: Leave = { kind: 'go' };

/**
 * Makes sure that a batch has what it needs of turns, leases and disruption budgets until an operation that begins after `pauseMs` at most has
 * ended. Nodes that other runs have are settled at once. Without any of these in its job, nothing is read or written.
 */
export const askLeave = async (
  deps: LeaveDeps,
  state: BatchState,
  operationIndex: number,
  pauseMs = 0,
): Promise<Leave> => {
  const operation = state.place.phase.operations[operationIndex];
  const leave = await leaveToWork(deps, state, pauseMs + (operation === undefined ? 0 : longestMs(operation)));
  if (leave.kind === 'settled') await deps.store.putResults(leave.results);
  return leave;
};

const leaveToWork = async (deps: LeaveDeps, state: BatchState, operationMs: number): Promise<Leave> => {
  const { run, place, batch } = state;
  const needMs = Math.max(lockTimes.stepMs, operationMs + lockTimes.marginMs);
  if (!(await keepTurn(deps, run, needMs))) return { kind: 'stop' };
  const exclusive = exclusiveOf(place.job, place.group, place.phase);
  const budgets = (place.record.budgets ?? []).filter(({ name }) => batch.budgets?.includes(name));
  if (exclusive === undefined && budgets.length === 0) return go;
  const progress = progressOfNodes(place.phase.operations, batch.nodes, state.results);
  const answer = await obtainPermit(deps, {
    key: { runId: run.runId, batchId: batch.batchId },
    jobName: run.jobName,
    nodeIds: batch.nodes.flatMap(({ node }) => (progress.get(node.id)?.nextOperation === undefined ? [] : [node.id])),
    ...(exclusive === undefined ? {} : { exclusive }),
    budgets: budgets.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    needMs,
  });
  if (answer.kind === 'tooBig') return { kind: 'stop' };
  if (answer.kind === 'wait') return keepWaiting(deps, state, answer.look);
  if (answer.givenUp.length === 0) return go;
  return { kind: 'settled', results: answer.givenUp.flatMap((one) => resultsOf(deps, state, one)) };
};

/** A batch that waits is at work too, as far as the turn of its run goes. */
const keepWaiting = async (deps: LeaveDeps, { run }: BatchState, look: number): Promise<Leave> => {
  await keepTurn(deps, run, look * 1000 + lockTimes.stepMs);
  return { kind: 'wait', look };
};

/** A node that is left out skips everything that it has left; one that is to fail does so at its next operation. */
const resultsOf = (
  deps: LeaveDeps,
  state: BatchState,
  { nodeId, status, reason }: GivenUp,
): readonly ResultRecord[] => {
  const { run, place, batch, results } = state;
  const nodes = batch.nodes.filter(({ node }) => node.id === nodeId);
  const { nextOperation: next, nextTry = 0 } =
    progressOfNodes(place.phase.operations, nodes, results).get(nodeId) ?? {};
  if (next === undefined) return [];
  const last = status === 'skipped' ? place.phase.operations.length : next + 1;
  const result = (operation: Operation, index: number): ResultRecord => ({
    runId: run.runId,
    batchId: batch.batchId,
    operationIndex: index,
    operationId: operation.id,
    nodeId,
    tryNumber: index === next ? nextTry : 0,
    outcome: bareOutcome(status, reason),
    recordedAt: nowIso(deps.clock),
  });
  return place.phase.operations
    .map((operation, index) => ({ operation, index }))
    .slice(next, last)
    .map(({ operation, index }) => result(operation, index));
};
