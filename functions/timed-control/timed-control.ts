import { closeOpenDues, type FiringsDeps } from '#functions/records/firings.ts';
import { changeSchedule, requireSchedule, scheduleView } from '#functions/records/schedules.ts';
import type { ScheduleControlRequest, ScheduleView } from '#shared/contract/schedule-views.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import { type Log, nowIso } from '#shared/ports/services.ts';
import { pausedReason } from '#shared/schedule/decide.ts';

/** What pausing, resuming and removing need. */
export interface TimedControlDeps extends FiringsDeps {
  readonly store: FiringsDeps['store'] &
    Pick<ScheduleStore, 'getSchedule' | 'putSchedule' | 'removeSchedule' | 'listSchedules'>;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

type Control = (name: string, request: ScheduleControlRequest, actor: string) => Promise<ScheduleView>;

/**
 * Pauses a schedule: nothing is started until it is resumed; runs that go on are left alone. Pausing a paused one changes nothing.
 * @throws AppError `schedule.not-found`, `scheduler.unavailable`
 */
export const pauseSchedule =
  (deps: TimedControlDeps): Control =>
  async (name, { reason }, actor) => {
    const at = nowIso(deps.clock);
    const paused = await changeSchedule(
      deps.store,
      () => requireSchedule(deps.store, name),
      async (before) => {
        if (!before.enabled) return undefined;
        await closeOpenDues(deps, before, () => ({
          ...{ status: 'missed', reason: `The schedule was paused by ${actor} before it was started` },
        }));
        const why = reason === undefined ? {} : { reason };
        return { ...before, enabled: false, activeSince: at, paused: { at, by: actor, ...why } };
      },
    );
    await deps.scheduler.put(paused);
    deps.log.info('schedule.paused', { schedule: name, actor });
    return scheduleView(paused, deps.clock.now(), 0);
  };

/**
 * Lets a paused schedule go on. What was due meanwhile is recorded as paused and never started. Resuming one that is not paused changes nothing.
 * @throws AppError `schedule.not-found`, `scheduler.unavailable`
 */
export const resumeSchedule =
  (deps: TimedControlDeps): Control =>
  async (name, _request, actor) => {
    const at = nowIso(deps.clock);
    const resumed = await changeSchedule(
      deps.store,
      () => requireSchedule(deps.store, name),
      async (before) => {
        if (before.enabled) return undefined;
        await closeOpenDues(deps, before, () => ({ status: 'paused', reason: pausedReason(before) }));
        const { paused: _paused, ...kept } = before;
        return { ...kept, enabled: true, activeSince: at };
      },
    );
    await deps.scheduler.put(resumed);
    deps.log.info('schedule.resumed', { schedule: name, actor });
    return scheduleView(resumed, deps.clock.now(), 3);
  };

/**
 * Takes a schedule away; what became of its due times stays readable as long as runs do.
 * @throws AppError `schedule.not-found`, `scheduler.unavailable`
 */
export const removeSchedule =
  (deps: TimedControlDeps) =>
  async (name: string, actor: string): Promise<ScheduleView> => {
    for (;;) {
      const schedule = await requireSchedule(deps.store, name);
      // First of all nobody calls any more: a schedule that is left is found and removed again, a caller without a schedule is not.
      await deps.scheduler.remove(name);
      if (schedule.enabled)
        await closeOpenDues(deps, schedule, () => ({
          ...{ status: 'missed', reason: `The schedule was removed by ${actor} before it was started` },
        }));
      if (!(await deps.store.removeSchedule(schedule))) continue;
      deps.log.info('schedule.removed', { schedule: name, actor });
      return scheduleView(schedule, deps.clock.now(), 0);
    }
  };
