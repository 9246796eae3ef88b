import type { TurnView, WaitView } from '#shared/contract/lock-views.ts';
import { standingOf } from '#shared/lock/turn.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import type { Job } from '#shared/model/job.ts';
import type { PermitRecord, TurnEntry, TurnRecord } from '#shared/model/lock.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Clock } from '#shared/ports/services.ts';
import { seekerOf } from './turns.ts';

/** Of those before a run, so many are named. */
const mostNamed = 20;

/** What viewing locks needs. */
export interface ViewLocksDeps {
  readonly store: Pick<LockStore, 'getTurns' | 'listPermits'>;
  readonly clock: Clock;
}

/** How a run stands in line, from the record of its key; undefined for one that takes no turns. */
export const viewTurn = (run: RunRecord, record: TurnRecord | undefined, nowMs: number): TurnView | undefined => {
  if (run.turn === undefined) return undefined;
  const standing = record && standingOf(record, seekerOf(run), nowMs);
  const base = { ...run.turn, behind: [] };
  if (standing?.kind === 'held') return { ...base, state: 'held', fencing: standing.fencing };
  if (standing?.kind !== 'waiting') return { ...base, state: 'none' };
  const going = standing.ahead.length - standing.place + 1;
  const behind = standing.ahead.slice(0, mostNamed).map((entry, index) => ({
    ...nameOf(entry),
    state: index < going ? ('running' as const) : ('waiting' as const),
  }));
  return { ...base, state: 'waiting', place: standing.place, behind };
};

const nameOf = ({ runId, attempt, jobName, actor, since, until }: TurnEntry) => ({
  ...{ runId, attempt, actor, since, until },
  job: jobName,
});

/** How each of some runs stands in line, in one read for all; only those that are not at their end are looked at. */
export const viewTurns = async (
  deps: ViewLocksDeps,
  runs: readonly RunRecord[],
): Promise<ReadonlyMap<RunRecord, TurnView>> => {
  const asking = runs.filter((run) => run.turn !== undefined && !isTerminalRunStatus(run.status));
  const keys = asking.flatMap(({ turn }) => turn?.key ?? []);
  const records = new Map((keys.length === 0 ? [] : await deps.store.getTurns(keys)).map((one) => [one.key, one]));
  const views = new Map<RunRecord, TurnView>();
  for (const run of asking) {
    const view = viewTurn(run, records.get(run.turn?.key ?? ''), deps.clock.now());
    if (view !== undefined) views.set(run, view);
  }
  return views;
};

/** The batches of a run that wait for nodes which others use. */
export const viewWaits = async (deps: ViewLocksDeps, run: RunRecord, job: Job): Promise<readonly WaitView[]> => {
  if (isTerminalRunStatus(run.status)) return [];
  const permits = await deps.store.listPermits(run.runId);
  return permits.flatMap((permit) => waitOf(permit, job));
};

const waitOf = ({ batchId, state, waitingFor, nodeCount }: PermitRecord, job: Job): readonly WaitView[] => {
  if (state !== 'waiting' || waitingFor === undefined) return [];
  const { groupIndex, phaseIndex } = parseSliceId(batchId);
  const group = job.spec.groups[groupIndex];
  const { kind, name, message, since } = waitingFor;
  return [
    {
      ...{ batchId, kind, name, message, since },
      group: group?.name ?? '',
      phase: group?.phases[phaseIndex]?.name ?? '',
      nodes: nodeCount,
    },
  ];
};
