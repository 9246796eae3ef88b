import { formatDuration, parseDurationMs } from '../model/duration.ts';
import type { TurnSettings } from '../model/lock.ts';
import type { Blackout, Calendar, FiringStatus, OverlapPolicy, ScheduleRecord } from '../model/schedule.ts';
import { eventAt } from './calendar-events.ts';
import { jitterMsOf } from './schedule-times.ts';

/** How late a start may be without anybody having missed anything. */
export const graceMs = 60_000;

/** A blackout that holds at an instant, with the name of its calendar. */
export const blackoutAt = (
  calendars: readonly Calendar[],
  atMs: number,
): (Blackout & { readonly calendar: string }) | undefined => {
  for (const { name, blackouts, events = [] } of calendars) {
    for (const one of blackouts)
      if (Date.parse(one.from) <= atMs && atMs < Date.parse(one.to)) return { ...one, calendar: name };
    for (const event of events) {
      const one = eventAt(event, atMs);
      if (one !== undefined) return { ...one, calendar: name };
    }
  }
  return undefined;
};

/** How long after its due time a schedule still starts. */
export const allowedLateMs = (schedule: Pick<ScheduleRecord, 'jitter' | 'catchUp'>): number => {
  const deadline = schedule.catchUp === undefined ? 0 : parseDurationMs(schedule.catchUp.deadline);
  return Math.max(graceMs, deadline) + jitterMsOf(schedule);
};

/** What is to become of a due time: a start, or a record of why not. */
export type FiringDecision =
  | { readonly start: true; readonly reason?: string }
  | { readonly start: false; readonly status: FiringStatus; readonly reason: string };

/** Why a due time that nobody came to in time is missed. */
export const missedReason = (schedule: Pick<ScheduleRecord, 'jitter' | 'catchUp'>, lateMs: number): string =>
  `Nobody was there to start it; ${formatDuration(lateMs)} late, ${
    schedule.catchUp === undefined
      ? 'and the schedule catches nothing up'
      : `and only what is at most ${schedule.catchUp.deadline} late is caught up`
  }`;

const blackedOut = ({ calendar, to, summary }: Blackout & { readonly calendar: string }): string =>
  `In a blackout of the calendar '${calendar}'${summary === undefined ? '' : ` (${summary})`} until ${to}`;

/** Decides about a due time. Whether the run of an earlier one goes on is settled when the run is put in line. */
export const decideFiring = (
  schedule: Pick<ScheduleRecord, 'enabled' | 'paused' | 'calendars' | 'jitter' | 'catchUp'>,
  dueMs: number,
  nowMs: number,
): FiringDecision => {
  if (!schedule.enabled) return { start: false, status: 'paused', reason: pausedReason(schedule) };
  const blackout = blackoutAt(schedule.calendars, dueMs);
  if (blackout !== undefined) return { start: false, status: 'blackedOut', reason: blackedOut(blackout) };
  const lateMs = nowMs - dueMs;
  if (lateMs > allowedLateMs(schedule))
    return { start: false, status: 'missed', reason: missedReason(schedule, lateMs) };
  return lateMs > graceMs + jitterMsOf(schedule)
    ? { start: true, reason: `Caught up, ${formatDuration(lateMs)} late` }
    : { start: true };
};

/** Why nothing starts while a schedule is paused. */
export const pausedReason = ({ paused }: Pick<ScheduleRecord, 'paused'>): string =>
  paused === undefined
    ? 'The schedule is not enabled'
    : `Paused by ${paused.by} at ${paused.at}${paused.reason === undefined ? '' : `: ${paused.reason}`}`;

/** Which of the due times that nobody came to is caught up: the last one, if it is not too old. The others are missed. */
export const chooseCatchUp = (
  schedule: Pick<ScheduleRecord, 'jitter' | 'catchUp'>,
  dues: readonly number[],
  nowMs: number,
): number | undefined => {
  const last = dues.at(-1);
  return last !== undefined && nowMs - last <= allowedLateMs(schedule) ? last : undefined;
};

/** Under which key a run takes its turn, and what becomes of it while another goes on. */
export interface TurnWish {
  readonly key: string;
  readonly policy: TurnSettings['policy'];
}

const turnPolicyOf = { skip: 'reject', queue: 'queue', replace: 'replace' } as const;

/** What the overlap policy of a schedule asks of the lines that runs stand in; undefined where overlapping is allowed. */
export const turnWishOf = (schedule: string, overlap: OverlapPolicy): TurnWish | undefined =>
  overlap === 'allow' ? undefined : { key: `schedule:${schedule}`, policy: turnPolicyOf[overlap] };

/**
 * The turn of a run whose job may have a line of its own. A run stands in one line only: that of its job, where there is one, since all runs of
 * the schedule stand there too; alone, and as the schedule wants it.
 */
export const turnUnder = (own: TurnSettings | undefined, wish: TurnWish | undefined): TurnSettings | undefined =>
  wish === undefined ? own : { key: own?.key ?? wish.key, policy: wish.policy, limit: 1 };
