import { lastTaskUsage } from '#shared/cost/task-usage.ts';
import type { PhaseTime } from '#shared/model/ended-run.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import { addUsage } from '#shared/model/usage.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';

/** What keeping the end of a run needs. */
export interface EndedRunDeps {
  readonly store: Pick<PlanStore, 'listSlices'> & Pick<UsageStore, 'getRunUsage' | 'putEndedRun'>;
}

/** Keeps what a run took and used, for estimates and sums of later. It replaces what was kept of earlier attempts; twice is once. */
export const keepEndedRun = async (deps: EndedRunDeps, run: RunRecord): Promise<void> => {
  if (run.endedAt === undefined) return;
  const [slices, used] = await Promise.all([deps.store.listSlices(run.runId), deps.store.getRunUsage(run.runId)]);
  await deps.store.putEndedRun({
    runId: run.runId,
    jobName: run.jobName,
    status: run.status,
    createdAt: run.createdAt,
    ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
    endedAt: run.endedAt,
    attempts: run.attempts.length,
    usage: addUsage([used, lastTaskUsage]),
    phases: phaseTimes(slices),
  });
};

const phaseTimes = (slices: readonly SliceRecord[]): PhaseTime[] => {
  const byPhase = Map.groupBy(slices.filter(isTimed), ({ groupName, phaseName }) =>
    JSON.stringify([groupName, phaseName]),
  );
  return [...byPhase.values()].flatMap((its) => {
    const [first] = its;
    const times = its.map(waveMs).toSorted((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    if (first === undefined || median === undefined) return [];
    return [{ group: first.groupName, phase: first.phaseName, waveMs: median }];
  });
};

const isTimed = ({ closedAt, batchCount }: SliceRecord): boolean => closedAt !== undefined && batchCount > 0;

const waveMs = ({ openedAt, closedAt = openedAt, batchCount, width }: SliceRecord): number =>
  Math.max(0, Date.parse(closedAt) - Date.parse(openedAt)) / Math.ceil(batchCount / width);
