import type { FiringRecord, HandledRecord, ScheduleRecord } from '../model/schedule.ts';
import type { Page, PageRequest } from './pages.ts';

/** Names one due time of a schedule. */
export type FiringKey = Pick<FiringRecord, 'schedule' | 'dueAt'>;

/** Schedules, and what became of their due times. Everything is read strongly consistent. */
export interface ScheduleStore {
  getSchedule(name: string): Promise<ScheduleRecord | undefined>;
  /** Writes a schedule under its next version (1: it must not be there); false when another writer came first. */
  putSchedule(schedule: ScheduleRecord): Promise<boolean>;
  /** Takes a schedule away that has this version; false when it has another one, or is gone. */
  removeSchedule(schedule: ScheduleRecord): Promise<boolean>;
  /** Every schedule, by name. */
  listSchedules(): Promise<readonly ScheduleRecord[]>;

  getFiring(key: FiringKey): Promise<FiringRecord | undefined>;
  /** Writes the first record of a due time; false when it has one. */
  createFiring(firing: FiringRecord): Promise<boolean>;
  /** Replaces the record of a due time while that says `starting`; false when it says something else. */
  settleFiring(firing: FiringRecord): Promise<boolean>;
  /** Firings of a schedule, newest first. */
  listFirings(schedule: string, page: PageRequest): Promise<Page<FiringRecord>>;
  /** Due times of a schedule that have a record: after `from`, up to `to`, RFC 3339. */
  listFiredBetween(schedule: string, from: string, to: string): Promise<readonly FiringRecord[]>;

  /** Up to when every due time of a schedule has its record. */
  getHandled(schedule: string): Promise<HandledRecord | undefined>;
  /** Moves that on; an earlier time changes nothing. */
  putHandled(handled: HandledRecord): Promise<void>;
}
