import type { RateRecord } from '#shared/model/rate.ts';
import { dueAtMs } from '#shared/rate/rate.ts';

/** The right to make a call when its turn has come; void once the limit has another epoch. */
export interface Ticket {
  readonly number: number;
  readonly epoch: number;
}

/** Tickets taken beyond those wanted, at most: so many calls of one process that follow one another cost one write. */
const mostAhead = 8;
/** And not for later than this: a process that ends leaves them unused. */
const aheadSeconds = 2;
/** A ticket is used up to so late, so that many of them never come together. */
const lateMs = 1000;

/** Tickets that a process took for calls to come. */
export interface Spare {
  /** The next one of this limit that is not due later than `untilMs`; undefined when there is none. */
  next(so: { readonly limit: RateRecord; readonly nowMs: number; readonly untilMs: number }): Ticket | undefined;
  /** How many are worth taking at this rate. Doubles while all are used, and begins anew when one was not. */
  wanted(perSecond: number): number;
  keep(tickets: readonly Ticket[]): void;
}

/** Nothing spare yet. */
export const createSpare = (): Spare => {
  let kept: readonly Ticket[] = [];
  let ahead = 0;
  return {
    next: ({ limit, nowMs, untilMs }) => {
      const usable = kept.filter(
        ({ number, epoch }) => epoch === limit.epoch && dueAtMs(limit, number) >= nowMs - lateMs,
      );
      if (usable.length < kept.length) ahead = 0;
      const [first, ...rest] = usable;
      const isInTime = first !== undefined && dueAtMs(limit, first.number) <= untilMs;
      kept = isInTime ? rest : usable;
      return isInTime ? first : undefined;
    },
    wanted: (perSecond) => Math.min(ahead, Math.floor(perSecond * aheadSeconds)),
    keep: (tickets) => {
      kept = tickets;
      ahead = Math.min(mostAhead, Math.max(1, ahead * 2));
    },
  };
};
