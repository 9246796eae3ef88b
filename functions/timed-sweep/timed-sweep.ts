import { type FireDueDeps, fireDue } from '#functions/records/fire-due.ts';
import { type FiringsDeps, handledUntil, noteUnstarted, openDues } from '#functions/records/firings.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { allowedLateMs, chooseCatchUp, graceMs, missedReason } from '#shared/schedule/decide.ts';
import { delayOf, jitterMsOf } from '#shared/schedule/schedule-times.ts';

/** What a sweep needs. */
export interface TimedSweepDeps extends FireDueDeps, FiringsDeps {
  readonly store: FireDueDeps['store'] & FiringsDeps['store'] & Pick<ScheduleStore, 'getSchedule'>;
}

/** Due times by what is to be done with them now. */
const sorted = (schedule: ScheduleRecord, dues: readonly number[], nowMs: number) => {
  const isWaiting = (dueMs: number): boolean => dueMs + delayOf(schedule, dueMs) > nowMs;
  const isLate = (dueMs: number): boolean => nowMs - dueMs > graceMs + jitterMsOf(schedule);
  const ripe = dues.filter((dueMs) => !isWaiting(dueMs));
  const [late, onTime] = [ripe.filter(isLate), ripe.filter((dueMs) => !isLate(dueMs))];
  const caughtUp = onTime.length === 0 ? chooseCatchUp(schedule, late, nowMs) : undefined;
  return {
    missed: late.filter((dueMs) => dueMs !== caughtUp),
    toStart: [...(caughtUp === undefined ? [] : [caughtUp]), ...onTime],
    waiting: dues.filter(isWaiting),
  };
};

/**
 * Brings a schedule up to now, for a scheduler that only knows that something is due: starts what is due, catches up the last of what was
 * missed if it is not too old, and records the others as missed.
 * @throws AppError what may go away by itself: sweep again
 */
export const timedSweep =
  (deps: TimedSweepDeps) =>
  async (name: string): Promise<void> => {
    const schedule = await deps.store.getSchedule(name);
    if (schedule === undefined || !schedule.enabled) return;
    const nowMs = deps.clock.now();
    const open = await openDues(deps, schedule, nowMs);
    const { missed, toStart, waiting } = sorted(schedule, open.dues, nowMs);
    for (const { dueAt } of open.starting) await fireDue(deps, schedule, Date.parse(dueAt));
    await noteUnstarted(deps, name, { dues: missed, more: open.more }, (dueMs) => ({
      status: 'missed',
      reason:
        nowMs - dueMs <= allowedLateMs(schedule)
          ? 'Nobody was there to start it; a later due time is started instead'
          : missedReason(schedule, nowMs - dueMs),
    }));
    for (const dueMs of toStart) await fireDue(deps, schedule, dueMs);
    const [first] = waiting;
    await handledUntil(deps, name, first === undefined ? nowMs : first - 1, { starting: [] });
  };
