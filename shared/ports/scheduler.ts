import type { ScheduleRecord } from '../model/schedule.ts';

/** What calls Drover when a schedule is due. */
export interface Scheduler {
  /**
   * Looks whether a schedule can be had, without doing anything.
   * @throws AppError `schedule.unsupported` with the reason
   */
  check(schedule: ScheduleRecord): void;
  /**
   * Has a schedule called from now on as it stands; not at all while it is not enabled. Repeating is harmless.
   * @throws AppError `schedule.unsupported`, `scheduler.unavailable`
   */
  put(schedule: ScheduleRecord): Promise<void>;
  /** Has a schedule not called any more; one that is not known is no error. */
  remove(name: string): Promise<void>;
}
