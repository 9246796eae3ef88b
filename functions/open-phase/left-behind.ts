import { keyOfSlice, readJobHistory } from '#functions/records/job-history.ts';
import { type PhaseHistoryDeps, readLedgerBatches } from '#functions/records/phase-history.ts';
import type { PhasePlace } from '#functions/records/phase-place.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { ledgerOf } from '#shared/plan/ledger.ts';

const goesOn: ReadonlySet<string> = new Set<NodeStatus>(['succeeded', 'ignored', 'skipped']);

/**
 * Nodes that came to a bad end in an earlier phase of the same round in this attempt. They are left out of the phases after it, because those
 * stand on it; `continue` takes them up where they ended. Phases of a oneShot group run together, so there is no earlier one.
 */
export const nodesLeftBehind = async (
  deps: PhaseHistoryDeps,
  run: RunRecord,
  { key, group, phase }: PhasePlace,
  round: number,
): Promise<ReadonlySet<NodeId>> => {
  if (group.strategy === 'oneShot' || phase.on === 'runner' || key.phaseIndex === 0) return new Set();
  const isBefore = (slice: SliceRecord): boolean => {
    const other = keyOfSlice(slice);
    return (
      other.groupIndex === key.groupIndex &&
      slice.round === round &&
      other.phaseIndex < key.phaseIndex &&
      group.phases[other.phaseIndex]?.on !== 'runner' &&
      Object.keys(slice.counts).some((status) => !goesOn.has(status))
    );
  };
  const slices = (await deps.store.listSlices(run.runId, key.attempt)).filter(isBefore);
  if (slices.length === 0) return new Set();
  const jobs = await readJobHistory(deps.json, run);
  const byPhase = Map.groupBy(slices, (slice) => keyOfSlice(slice).phaseIndex);
  const ledgers = await Promise.all(
    [...byPhase].map(async ([phaseIndex, its]) =>
      ledgerOf(group.phases[phaseIndex]?.operations ?? [], await readLedgerBatches(deps, jobs, its)),
    ),
  );
  return new Set(ledgers.flatMap((ledger) => [...ledger].flatMap(([id, { finished }]) => (finished ? [] : [id]))));
};
