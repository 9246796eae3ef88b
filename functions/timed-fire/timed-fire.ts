import { type FireDueDeps, fireDue } from '#functions/records/fire-due.ts';
import { type FiringsDeps, handledUntil, noteUnstarted, openDues } from '#functions/records/firings.ts';
import type { FiringRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { allowedLateMs, missedReason } from '#shared/schedule/decide.ts';
import { dueTimeAt } from '#shared/schedule/schedule-times.ts';

/** What firing needs. */
export interface TimedFireDeps extends FireDueDeps, FiringsDeps {
  readonly store: FireDueDeps['store'] & FiringsDeps['store'] & Pick<ScheduleStore, 'getSchedule'>;
}

/** A call of the scheduler: which schedule, and the time it was called for. */
export interface TimedCall {
  readonly schedule: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * Answers a call of the scheduler. A call for a time that the schedule does not mean starts nothing: its expressions may call more often than it
 * is due, and a call can come after the schedule was changed. What was due before and never came is recorded as missed.
 * @returns what became of the due time; undefined when there was none
 * @throws AppError what may go away by itself: the scheduler calls again
 */
export const timedFire =
  (deps: TimedFireDeps) =>
  async ({ schedule: name, at }: TimedCall): Promise<FiringRecord | undefined> => {
    const schedule = await deps.store.getSchedule(name);
    const dueMs = schedule && dueTimeAt(schedule, Date.parse(at));
    if (schedule === undefined || dueMs === undefined || dueMs <= Date.parse(schedule.activeSince)) {
      deps.log.info('schedule.not-due', { schedule: name, at });
      return undefined;
    }
    const fired = await fireDue(deps, schedule, dueMs);
    const nowMs = deps.clock.now();
    // Later than this no call is answered with a start any more.
    const untilMs = nowMs - allowedLateMs(schedule) - 1;
    const open = await openDues(deps, schedule, untilMs);
    for (const { dueAt } of open.starting) await fireDue(deps, schedule, Date.parse(dueAt));
    await noteUnstarted(deps, name, open, (missedMs) => ({
      status: 'missed',
      reason: missedReason(schedule, nowMs - missedMs),
    }));
    if (untilMs > Date.parse(schedule.activeSince)) await handledUntil(deps, name, untilMs, { starting: [] });
    return fired;
  };
