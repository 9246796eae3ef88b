import type { BatchProgress, BatchRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import { countStatuses, isTerminalNodeStatus, type NodeStatus } from '#shared/model/status.ts';
import { lettersOf } from '#shared/model/status-letters.ts';
import { countStops } from '#shared/model/stop.ts';
import { batchStatuses, nextOperationOfBatch } from '#shared/plan/node-progress.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import type { PhasePlace } from './phase-place.ts';
import { type RecordTallyDeps, recordTally } from './record-tally.ts';

/** What is written about a batch after each step. */
export interface ProgressView {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
  readonly progress: BatchProgress;
  readonly results: readonly ResultRecord[];
}

/** What recording progress needs. */
export interface RecordProgressDeps {
  readonly store: RecordTallyDeps['store'] & Pick<PlanStore, 'putProgress'>;
  readonly json: RecordTallyDeps['json'];
  readonly log: RecordTallyDeps['log'];
  readonly clock: Clock;
}

/**
 * Writes how a batch stands, when that is news, and tells its group what that means for the failure budgets: the group is stopped as soon as
 * one of them is spent. Everything is derived from the results, so doing it twice changes nothing.
 */
export const recordProgress = async (
  deps: RecordProgressDeps,
  view: ProgressView,
  state: BatchProgress['state'],
): Promise<void> => {
  const { batch, place, results } = view;
  const next = nextOperationOfBatch(place.phase.operations, batch.nodes, results);
  const current = next && place.phase.operations[next.operationIndex];
  const asks = current?.waitInput !== undefined || current?.approve !== undefined;
  const left = wordFor(state, asks);
  const statuses = batchStatuses(place.phase.operations, batch.nodes, results).map((status) =>
    isTerminalNodeStatus(status) ? status : left,
  );
  const at = nowIso(deps.clock);
  await recordTally(deps, view);
  await deps.store.putProgress({
    ...view.progress,
    state,
    counts: countStatuses(statuses),
    statuses: lettersOf(statuses),
    ...stopsOf(results),
    operationIndex: next?.operationIndex ?? place.phase.operations.length - 1,
    startedAt: view.progress.startedAt ?? at,
    ...(state === 'done' || state === 'stopped' ? { endedAt: view.progress.endedAt ?? at } : {}),
  });
};

/** What is known of nodes that were stopped; nothing while none was. */
const stopsOf = (results: readonly ResultRecord[]): Pick<BatchProgress, 'stops'> => {
  const stops = countStops(results.map(({ outcome }) => outcome.stop));
  return Object.keys(stops).length === 0 ? {} : { stops };
};

/** While a batch runs, all its nodes that are not at their end are running, or wait for an answer; otherwise none of them is. */
const wordFor = (state: BatchProgress['state'], asks: boolean): NodeStatus => {
  if (state !== 'running') return 'pending';
  return asks ? 'waitingInput' : 'running';
};
