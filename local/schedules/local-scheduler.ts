import type { TimedSystem } from '#functions/runtime/system.ts';
import { toAppError } from '#shared/errors/app-error.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import { nextStartOf } from '#shared/schedule/schedule-times.ts';

/** Longest sleep: a clock that was set, or a machine that slept, is noticed within this time. */
const maxSleepMs = 30_000;
/** After a failure. */
const retryMs = 5_000;

/** What a local scheduler needs. */
export interface LocalSchedulerOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** The scheduler of a local cloud: timers of this process over schedules that are kept in the table, so it takes up where another one ended. */
export interface LocalScheduler extends Scheduler {
  /** Catches up with what was due while no process was there, and has every schedule called from now on. */
  begin(timed: TimedSystem): Promise<void>;
  /** Nothing is called any more; what is under way is waited for. */
  close(): Promise<void>;
}

/** One schedule with its timer. */
interface Watch {
  readonly schedule: ScheduleRecord;
  /** When it is to be swept, milliseconds since the epoch; undefined when nothing is due any more. */
  readonly atMs: number | undefined;
  readonly timer: NodeJS.Timeout | undefined;
}

/** Makes the scheduler of a local cloud. Before `begin` it calls nobody. */
export const createLocalScheduler = ({ clock, log }: LocalSchedulerOptions): LocalScheduler => {
  const watches = new Map<string, Watch>();
  const underWay = new Set<Promise<void>>();
  let timed: TimedSystem | undefined;
  let isClosed = false;

  const forget = (name: string): void => {
    clearTimeout(watches.get(name)?.timer);
    watches.delete(name);
  };

  const watch = (schedule: ScheduleRecord, atMs = nextStartOf(schedule, clock.now())): void => {
    forget(schedule.name);
    const sleepMs = atMs === undefined ? undefined : Math.min(Math.max(0, atMs - clock.now()), maxSleepMs);
    const timer = sleepMs === undefined ? undefined : setTimeout(() => wake(schedule.name), sleepMs);
    watches.set(schedule.name, { schedule, atMs, timer });
  };

  const sweep = async (schedule: ScheduleRecord, system: TimedSystem): Promise<void> => {
    try {
      await system.sweep(schedule.name);
      if (watches.get(schedule.name)?.schedule === schedule) watch(schedule);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      log.warn('schedule.sweep-failed', { schedule: schedule.name, code, message });
      if (watches.get(schedule.name)?.schedule === schedule) watch(schedule, clock.now() + retryMs);
    }
  };

  const wake = (name: string): void => {
    const found = watches.get(name);
    if (found?.atMs === undefined || timed === undefined) return;
    if (found.atMs > clock.now()) {
      watch(found.schedule, found.atMs);
      return;
    }
    const sweeping = sweep(found.schedule, timed).finally(() => underWay.delete(sweeping));
    underWay.add(sweeping);
  };

  return {
    check: () => undefined,
    put: async (schedule) => {
      if (timed === undefined) return;
      if (schedule.enabled) watch(schedule);
      else forget(schedule.name);
    },
    remove: async (name) => forget(name),
    begin: async (system) => {
      if (isClosed) return;
      timed = system;
      for (const schedule of await system.list())
        if (schedule.enabled && !watches.has(schedule.name) && !isClosed) watch(schedule, clock.now());
    },
    close: async () => {
      isClosed = true;
      timed = undefined;
      for (const name of [...watches.keys()]) forget(name);
      await Promise.all(underWay);
    },
  };
};
