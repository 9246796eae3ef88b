import type { RateKey, RateRecord } from '../model/rate.ts';

/** How a shared limit learns. No cloud publishes the limits of these calls, so all of it is about finding them out. */
export const rateTimes = {
  /** Calls a second, at most and at least. A limit below the least would let a run stand still. */
  mostPerSecond: 100,
  leastPerSecond: 1,
  /** A limit begins here when nothing is known of what the cloud takes. */
  firstPerSecond: 2,
  /** Without a refusal for so long, a limit that is used up grows. */
  quietMs: 2_000,
  /** By so many calls a second, once the cloud has refused calls under it; doubled until then. */
  stepPerSecond: 1,
  /** What is left of a rate that the cloud refuses: half while it is looked for, more once it is about right. */
  halved: 0.5,
  lowered: 0.7,
  /** Without a refusal for so long, a limit is over. */
  closeMs: 300_000,
  /** No moment further away than this was given to anybody; one that is comes from a clock that was wrong. */
  furthestMs: 60_000,
} as const;

/** Fresh, so that a name of an action with a separator in it cannot be another's. */
export const rateKeyText = ({ agent, account, region, action }: RateKey): string =>
  JSON.stringify([agent, account ?? null, region, action]);

const bounded = (perSecond: number): number =>
  Math.min(rateTimes.mostPerSecond, Math.max(rateTimes.leastPerSecond, perSecond));

const spacingMs = ({ perSecond }: Pick<RateRecord, 'perSecond'>): number => 1000 / perSecond;

/** Whether the limit holds. */
export const isOpen = (record: RateRecord, nowMs: number): boolean => nowMs < record.closesAtMs;

/** Moments that a clock wrote which was ahead, or which ours fell behind, are brought back: nobody waits for the difference. */
const atClock = (record: RateRecord, nowMs: number): RateRecord => ({
  ...record,
  nextAtMs: record.nextAtMs > nowMs + rateTimes.furthestMs ? nowMs : record.nextAtMs,
  changedAtMs: Math.min(record.changedAtMs, nowMs),
  closesAtMs: Math.min(record.closesAtMs, nowMs + rateTimes.closeMs),
});

/** What a refused caller knows. */
export interface Refusal {
  readonly nowMs: number;
  /** What the cloud asked for. */
  readonly retryAfterMs?: number | undefined;
}

const pausedUntil = (perSecond: number, { nowMs, retryAfterMs = 0 }: Refusal): number =>
  nowMs + Math.min(rateTimes.furthestMs, Math.max(spacingMs({ perSecond }), retryAfterMs));

/**
 * The limit that a first refusal opens: below what was taken of late by the process that was refused, or below what an earlier limit had found.
 * `previous` is over; its version and epoch go on.
 */
export const openRate = (
  { agent, account, region, action }: RateKey,
  refusal: Refusal & { readonly takenPerSecond: number },
  previous?: RateRecord,
): RateRecord => {
  const taken = Math.max(rateTimes.firstPerSecond, refusal.takenPerSecond * rateTimes.halved);
  const perSecond = bounded(previous === undefined ? taken : previous.perSecond * rateTimes.lowered);
  return {
    ...{ agent, ...(account === undefined ? {} : { account }), region, action, perSecond },
    version: (previous?.version ?? 0) + 1,
    epoch: (previous?.epoch ?? -1) + 1,
    isFound: false,
    nextAtMs: pausedUntil(perSecond, refusal),
    changedAtMs: refusal.nowMs,
    closesAtMs: refusal.nowMs + rateTimes.closeMs,
  };
};

/**
 * The limit after the cloud refused a call that was made under it: lower, and all moments that were given are void. The same object when the
 * moment of the call was given before the limit was last lowered, or it had none: that refusal says nothing about the rate of now.
 */
export const lowerRate = (
  record: RateRecord,
  refusal: Refusal & { readonly epoch: number | undefined },
): RateRecord => {
  if (refusal.epoch !== record.epoch) return record;
  const perSecond = bounded(record.perSecond * (record.isFound ? rateTimes.lowered : rateTimes.halved));
  return {
    ...record,
    perSecond,
    version: record.version + 1,
    epoch: record.epoch + 1,
    isFound: true,
    nextAtMs: pausedUntil(perSecond, refusal),
    changedAtMs: refusal.nowMs,
    closesAtMs: refusal.nowMs + rateTimes.closeMs,
  };
};

/** A limit grows while somebody waits for it; one that nobody comes up against says nothing about what the cloud would take. */
const grown = (record: RateRecord, nowMs: number): RateRecord => {
  if (record.nextAtMs <= nowMs || nowMs - record.changedAtMs < rateTimes.quietMs) return record;
  const perSecond = bounded(record.isFound ? record.perSecond + rateTimes.stepPerSecond : record.perSecond * 2);
  return { ...record, perSecond, changedAtMs: nowMs };
};

/** Who wants to call, in the order of coming. */
export interface Wanted {
  readonly nowMs: number;
  /** How long each of them can wait. */
  readonly patiencesMs: readonly number[];
  /** Moments that are wanted beyond those, for calls to come. */
  readonly ahead: number;
}

/** Moments that were given, and the limit afterwards. */
export interface Taken {
  /** The same object as before when no moment was given. */
  readonly record: RateRecord;
  /** When each may call, in the order of `patiencesMs`; undefined for one whose turn would come too late. */
  readonly momentsMs: readonly (number | undefined)[];
  /** Moments for calls to come. */
  readonly aheadMs: readonly number[];
  /** How long one that comes now would wait. */
  readonly waitMs: number;
}

/** Gives moments to call: one after another at the limit's rate, to those who can wait for theirs. */
export const takeMoments = (before: RateRecord, { nowMs, patiencesMs, ahead }: Wanted): Taken => {
  const record = grown(atClock(before, nowMs), nowMs);
  const spacing = spacingMs(record);
  let next = Math.max(record.nextAtMs, nowMs);
  const take = (): number => {
    const moment = next;
    next += spacing;
    return moment;
  };
  const momentsMs = patiencesMs.map((patience) => (next - nowMs <= patience ? take() : undefined));
  const aheadMs = Array.from({ length: momentsMs.includes(undefined) ? 0 : ahead }, take);
  const waitMs = next - nowMs;
  const isTaken = aheadMs.length > 0 || momentsMs.some((moment) => moment !== undefined);
  if (!isTaken) return { record: before, momentsMs, aheadMs, waitMs };
  return { record: { ...record, version: before.version + 1, nextAtMs: next }, momentsMs, aheadMs, waitMs };
};
