/** The moment at which a call may be made, and under which rate. */
export interface Moment {
  readonly atMs: number;
  readonly epoch: number;
}

/** Moments taken beyond those wanted, at most: so many calls of one process that follow one another cost one write. */
const mostAhead = 8;
/** And not for later than this: a process that ends leaves them unused. */
const aheadSeconds = 2;
/** A moment is used up to so late, so that many of them never come together. */
const lateMs = 1000;

/** Moments that a process took for calls to come. */
export interface Spare {
  /** The next one of this epoch that is not later than `untilMs`; undefined when there is none. */
  next(so: {
    readonly epoch: number | undefined;
    readonly nowMs: number;
    readonly untilMs: number;
  }): Moment | undefined;
  /** How many are worth taking at this rate. Doubles while all are used, and begins anew when one was not. */
  wanted(perSecond: number): number;
  keep(moments: readonly Moment[]): void;
}

/** Nothing spare yet. */
export const createSpare = (): Spare => {
  let kept: readonly Moment[] = [];
  let ahead = 0;
  return {
    next: ({ epoch, nowMs, untilMs }) => {
      const usable = kept.filter((one) => one.epoch === epoch && one.atMs >= nowMs - lateMs);
      if (usable.length < kept.length) ahead = 0;
      const [first, ...rest] = usable;
      const isInTime = first !== undefined && first.atMs <= untilMs;
      kept = isInTime ? rest : usable;
      return isInTime ? first : undefined;
    },
    wanted: (perSecond) => Math.min(ahead, Math.floor(perSecond * aheadSeconds)),
    keep: (moments) => {
      kept = moments;
      ahead = Math.min(mostAhead, Math.max(1, ahead * 2));
    },
  };
};
