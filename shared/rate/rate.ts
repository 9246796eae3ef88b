import type { RateKey, RateRecord } from '../model/rate.ts';

/** How a shared limit learns. No cloud publishes the limits of these calls, so all of it is about finding them out. */
export const rateTimes = {
  /** Calls a second, at most and at least. A limit below the least would let a run stand still. */
  mostPerSecond: 100,
  leastPerSecond: 1,
  /** A limit begins here when nothing is known of what the cloud takes. */
  firstPerSecond: 2,
  /** Without a refusal for so long, a limit that calls wait for grows. */
  quietMs: 2_000,
  /** By so many calls a second, once the cloud has refused calls under it; doubled until then. */
  stepPerSecond: 1,
  /** What is left of a rate that the cloud refuses: half while it is looked for, more once it is about right. */
  halved: 0.5,
  lowered: 0.7,
  /** Whoever waits looks so often whether the limit has changed. */
  lookMs: 500,
  /** Without a refusal for so long, a limit is over. */
  closeMs: 300_000,
  /** No call waits longer; a moment that is further away comes from a clock that was wrong. */
  furthestMs: 60_000,
} as const;

/** One text for each key. */
export const rateKeyText = ({ agent, account, region, action }: RateKey): string =>
  JSON.stringify([agent, account ?? null, region, action]);

const bounded = (perSecond: number): number =>
  Math.min(rateTimes.mostPerSecond, Math.max(rateTimes.leastPerSecond, perSecond));

/** Whether the limit holds. */
export const isOpen = (record: RateRecord, nowMs: number): boolean => nowMs < record.closesAtMs;

/** What a refused caller knows. */
export interface Refusal {
  readonly nowMs: number;
  /** What the cloud asked for. */
  readonly retryAfterMs?: number | undefined;
}

/** A queue that begins anew, once the cloud has had the rest that it asked for, and everybody knows that earlier tickets are void. */
const emptied = (perSecond: number, { nowMs, retryAfterMs = 0 }: Refusal) => {
  const atMs = nowMs + Math.min(rateTimes.furthestMs, Math.max(rateTimes.lookMs, 1000 / perSecond, retryAfterMs));
  const closesAtMs = nowMs + rateTimes.closeMs;
  return { perSecond, issued: 0, base: 0, baseAtMs: atMs, changedAtMs: atMs, closesAtMs };
};

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
  return {
    ...{ agent, ...(account === undefined ? {} : { account }), region, action },
    ...emptied(bounded(previous === undefined ? taken : previous.perSecond * rateTimes.lowered), refusal),
    version: (previous?.version ?? 0) + 1,
    epoch: (previous?.epoch ?? -1) + 1,
    isFound: false,
  };
};

/**
 * The limit after the cloud refused a call that was made under it: lower, and all tickets are void. The same object when the call was made
 * before the limit was last lowered, or under none: that refusal says nothing about the rate of now.
 */
export const lowerRate = (
  record: RateRecord,
  refusal: Refusal & { readonly epoch: number | undefined },
): RateRecord => {
  if (refusal.epoch !== record.epoch) return record;
  const part = record.isFound ? rateTimes.lowered : rateTimes.halved;
  return {
    ...record,
    ...emptied(bounded(record.perSecond * part), refusal),
    version: record.version + 1,
    epoch: record.epoch + 1,
    isFound: true,
  };
};

/** When a ticket is due. */
export const dueAtMs = ({ perSecond, base, baseAtMs }: RateRecord, ticket: number): number =>
  baseAtMs + ((ticket - base) * 1000) / perSecond;

/**
 * The limit after the cloud took a call that had waited for it: greater, once that has gone well for some time, and all tickets are due
 * earlier. The same object when it stays as it is.
 */
export const raiseRate = (
  record: RateRecord,
  { nowMs, epoch }: { readonly nowMs: number; readonly epoch: number },
): RateRecord => {
  const isDue = epoch === record.epoch && nowMs - record.changedAtMs >= rateTimes.quietMs;
  const perSecond = bounded(record.isFound ? record.perSecond + rateTimes.stepPerSecond : record.perSecond * 2);
  if (!isDue || perSecond === record.perSecond) return record;
  const base = record.base + (Math.max(0, nowMs - record.baseAtMs) * record.perSecond) / 1000;
  return { ...record, perSecond, base, baseAtMs: nowMs, changedAtMs: nowMs, version: record.version + 1 };
};

/**
 * Whether somebody whose turn comes in `waitMs` gets it who can wait for `patienceMs`. While the rate is looked for it doubles every two
 * seconds, so that a turn that seems some times too late is likely to come in time.
 */
export const isInTime = ({ isFound }: RateRecord, waitMs: number, patienceMs: number): boolean =>
  waitMs <= (isFound ? patienceMs : 4 * patienceMs);

/** Who wants to call, in the order of coming. */
export interface Wanted {
  readonly nowMs: number;
  /** How long each of them can wait. */
  readonly patiencesMs: readonly number[];
  /** Tickets that are wanted beyond those, for calls to come. */
  readonly ahead: number;
}

/** Tickets that were given, and the limit afterwards. */
export interface Taken {
  /** The same object as before when no ticket was given. */
  readonly record: RateRecord;
  /** In the order of `patiencesMs`; undefined for one whose turn would come too late. */
  readonly tickets: readonly (number | undefined)[];
  /** For calls to come. */
  readonly ahead: readonly number[];
  /** How long one that comes now would wait. */
  readonly waitMs: number;
}

/** Times that a clock wrote which was ahead, or which ours fell behind, are brought back: nobody waits for the difference. */
const atClock = (record: RateRecord, nowMs: number): RateRecord => ({
  ...record,
  baseAtMs: record.baseAtMs > nowMs + rateTimes.furthestMs ? nowMs : record.baseAtMs,
  changedAtMs: record.changedAtMs > nowMs + rateTimes.furthestMs ? nowMs : record.changedAtMs,
  closesAtMs: Math.min(record.closesAtMs, nowMs + rateTimes.closeMs),
});

/** Time in which nobody wanted anything is not saved up. */
const withoutIdleTime = (record: RateRecord, nowMs: number): RateRecord =>
  dueAtMs(record, record.issued) < nowMs ? { ...record, base: record.issued, baseAtMs: nowMs } : record;

/** Gives tickets, one after another, to those who can wait for theirs. */
export const takeTickets = (before: RateRecord, { nowMs, patiencesMs, ahead }: Wanted): Taken => {
  const record = withoutIdleTime(atClock(before, nowMs), nowMs);
  let { issued } = record;
  const take = (): number => {
    issued += 1;
    return issued - 1;
  };
  const waitMs = (): number => dueAtMs(record, issued) - nowMs;
  const tickets = patiencesMs.map((patience) => (isInTime(record, waitMs(), patience) ? take() : undefined));
  const more = Array.from({ length: tickets.includes(undefined) ? 0 : ahead }, take);
  const isSame = issued === record.issued;
  return {
    record: isSame ? before : { ...record, issued, version: before.version + 1 },
    ...{ tickets, ahead: more, waitMs: waitMs() },
  };
};
