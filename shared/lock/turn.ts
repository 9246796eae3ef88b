import type { RunId } from '../model/ids.ts';
import type { TurnEntry, TurnHolder, TurnRecord, TurnSettings, TurnWaiter } from '../model/lock.ts';
import { lockTimes } from './times.ts';

/** Runs that may wait under one key: its record has to stay far below what one item of the table holds. */
export const maxWaiters = 500;

/** Breaks that are remembered. */
const maxBreaks = 10;

/** The attempt of a run that asks. */
export type TurnSeeker = Pick<TurnEntry, 'runId' | 'attempt' | 'jobName' | 'actor'>;

/** A question for a turn. */
export interface TurnAsk {
  readonly who: TurnSeeker;
  readonly settings: Pick<TurnSettings, 'limit'>;
  /** What to do when all turns are taken: get in line, ask those ahead to go, or leave. */
  readonly whenFull: 'wait' | 'replace' | 'leave';
  readonly nowMs: number;
  /** How long a turn lasts from now. */
  readonly holdMs: number;
  /** How long a place lasts from now. */
  readonly waitMs: number;
}

/** What a run is told. `ahead`: who goes on, then who waits before it. */
export type TurnAnswer =
  | { readonly kind: 'held'; readonly fencing: number }
  | { readonly kind: 'waiting'; readonly place: number; readonly ahead: readonly TurnEntry[]; readonly since: string }
  | { readonly kind: 'refused'; readonly ahead: readonly TurnEntry[] }
  | { readonly kind: 'replaced'; readonly by: RunId };

/** An answer, and the record after it. */
export interface TurnDecision {
  readonly answer: TurnAnswer;
  /** The same object when nothing is to be written. */
  readonly turn: TurnRecord;
  /** Entries that this run replaces: they are to be aborted. */
  readonly replaced: readonly TurnEntry[];
}

/** The record of a key that nobody has used. */
export const freshTurn = (key: string): TurnRecord => ({
  key,
  version: 0,
  fencing: 0,
  tickets: 0,
  holders: [],
  waiters: [],
  breaks: [],
});

const iso = (ms: number): string => new Date(ms).toISOString();
const isLive = ({ until }: TurnEntry, nowMs: number): boolean => Date.parse(until) > nowMs;
const isOf = (entry: TurnEntry, who: Pick<TurnSeeker, 'runId' | 'attempt'>): boolean =>
  entry.runId === who.runId && entry.attempt === who.attempt;
const byTicket = (a: TurnWaiter, b: TurnWaiter): number => a.ticket - b.ticket;

/** The time until which a right lasts: as it was while half of it is left, so that asking often writes seldom. */
const keptUntil = (until: string, nowMs: number, ms: number): string => {
  const left = Date.parse(until) - nowMs;
  return left >= ms / 2 && left <= ms * 2 ? until : iso(nowMs + ms);
};

/** The record without what is over: earlier attempts of the same run, and places that nobody came back to. */
const tidied = (turn: TurnRecord, { who, nowMs }: TurnAsk): TurnRecord => {
  const isOver = (entry: TurnEntry): boolean => entry.runId === who.runId && entry.attempt < who.attempt;
  const holders = turn.holders.filter((one) => !isOver(one));
  const waiters = turn.waiters.filter((one) => !isOver(one) && isLive(one, nowMs - lockTimes.forgetPlaceMs));
  return holders.length === turn.holders.length && waiters.length === turn.waiters.length
    ? turn
    : { ...turn, holders, waiters };
};

/** Live entries before a run: all that go on, and those in line with a smaller ticket. */
const aheadOf = (turn: TurnRecord, who: Pick<TurnSeeker, 'runId' | 'attempt'>, nowMs: number): readonly TurnEntry[] => {
  const ticket = turn.waiters.find((one) => isOf(one, who))?.ticket ?? Number.POSITIVE_INFINITY;
  return [
    ...turn.holders.filter((one) => isLive(one, nowMs)),
    ...turn.waiters.filter((one) => one.ticket < ticket && isLive(one, nowMs)).sort(byTicket),
  ];
};

const holdersOf = (turn: TurnRecord, nowMs: number): number => turn.holders.filter((one) => isLive(one, nowMs)).length;

/**
 * Asks for a turn: for the first time, or again by one that waits or has it. Turns are given in the order of arrival; a run that has not been
 * heard of for a while is passed over, and keeps its ticket.
 */
export const askTurn = (record: TurnRecord, ask: TurnAsk): TurnDecision => {
  const turn = tidied(record, ask);
  const mine = turn.holders.find((one) => isOf(one, ask.who));
  const place = turn.waiters.find((one) => isOf(one, ask.who));
  const by = (mine ?? place)?.replacedBy;
  if (by !== undefined) return { turn, answer: { kind: 'replaced', by }, replaced: [] };
  if (mine) return keep(turn, mine, ask);
  const ahead = aheadOf(turn, ask.who, ask.nowMs);
  if (ahead.length < ask.settings.limit) return grant(turn, ask);
  if (ask.whenFull === 'leave' || (place === undefined && turn.waiters.length >= maxWaiters))
    return { turn: record, answer: { kind: 'refused', ahead }, replaced: [] };
  const inLine = placed(turn, place, ask);
  return answerWaiting(ask.whenFull === 'replace' ? withReplaced(inLine, ahead, ask) : inLine, ask);
};

const keep = (turn: TurnRecord, mine: TurnHolder, { nowMs, holdMs }: TurnAsk): TurnDecision => {
  const until = keptUntil(mine.until, nowMs, holdMs);
  const kept = until === mine.until ? turn : withHolder(turn, { ...mine, until });
  return { turn: kept, answer: { kind: 'held', fencing: mine.fencing }, replaced: [] };
};

const withHolder = (turn: TurnRecord, holder: TurnHolder): TurnRecord => ({
  ...turn,
  holders: [...turn.holders.filter((one) => !isOf(one, holder)), holder],
});

const grant = (turn: TurnRecord, { who, nowMs, holdMs }: TurnAsk): TurnDecision => {
  const fencing = Math.max(turn.fencing + 1, nowMs);
  const holder = { ...seeker(who), since: iso(nowMs), until: iso(nowMs + holdMs), fencing };
  const holders = [...turn.holders.filter((one) => isLive(one, nowMs)), holder];
  const waiters = turn.waiters.filter((one) => !isOf(one, who));
  return { turn: { ...turn, fencing, holders, waiters }, answer: { kind: 'held', fencing }, replaced: [] };
};

const seeker = ({ runId, attempt, jobName, actor }: TurnSeeker): TurnSeeker => ({ runId, attempt, jobName, actor });

const placed = (turn: TurnRecord, place: TurnWaiter | undefined, ask: TurnAsk): TurnRecord => {
  const { nowMs, waitMs, who, settings } = ask;
  if (place !== undefined) {
    const until = keptUntil(place.until, nowMs, waitMs);
    const kept = { ...place, until };
    return until === place.until
      ? turn
      : { ...turn, waiters: turn.waiters.map((one) => (isOf(one, who) ? kept : one)) };
  }
  const ticket = turn.tickets + 1;
  const until = iso(nowMs + waitMs);
  const waiter = { ...seeker(who), since: iso(nowMs), until, ticket, limit: settings.limit };
  return { ...turn, tickets: ticket, waiters: [...turn.waiters, waiter] };
};

/** Marks as many of those ahead as are too many, the oldest first. */
const withReplaced = (turn: TurnRecord, ahead: readonly TurnEntry[], ask: TurnAsk): TurnRecord => {
  const staying = ahead.filter((one) => one.replacedBy === undefined);
  const going = staying.slice(0, Math.max(0, staying.length - ask.settings.limit + 1));
  if (going.length === 0) return turn;
  const mark = <T extends TurnEntry>(entry: T): T =>
    going.some((one) => isOf(one, entry)) ? { ...entry, replacedBy: ask.who.runId } : entry;
  return { ...turn, holders: turn.holders.map(mark), waiters: turn.waiters.map(mark) };
};

const answerWaiting = (turn: TurnRecord, { who, nowMs }: TurnAsk): TurnDecision => {
  const ahead = aheadOf(turn, who, nowMs);
  const place = ahead.length - holdersOf(turn, nowMs) + 1;
  const since = turn.waiters.find((one) => isOf(one, who))?.since ?? iso(nowMs);
  const replaced = [...turn.holders, ...turn.waiters].filter((one) => one.replacedBy === who.runId);
  return { turn, answer: { kind: 'waiting', place, ahead, since }, replaced };
};

/**
 * The record with a turn that lasts at least so long from now; undefined when the attempt has no turn (any more). A turn whose time is over is
 * still there as long as nobody else was given one.
 */
export const extendTurn = (
  turn: TurnRecord,
  who: Pick<TurnSeeker, 'runId' | 'attempt'>,
  { nowMs, ms }: { readonly nowMs: number; readonly ms: number },
): TurnRecord | undefined => {
  const mine = turn.holders.find((one) => isOf(one, who));
  if (mine === undefined || Date.parse(mine.until) >= nowMs + ms) return mine && turn;
  return withHolder(turn, { ...mine, until: iso(nowMs + ms + lockTimes.slackMs) });
};

/** How a run stands under its key, without asking for anything. */
export const standingOf = (
  turn: TurnRecord,
  who: Pick<TurnSeeker, 'runId' | 'attempt'>,
  nowMs: number,
): TurnAnswer | undefined => {
  const mine = turn.holders.find((one) => isOf(one, who));
  if (mine) return { kind: 'held', fencing: mine.fencing };
  const place = turn.waiters.find((one) => isOf(one, who));
  if (place === undefined) return undefined;
  const ahead = aheadOf(turn, who, nowMs);
  return { kind: 'waiting', place: ahead.length - holdersOf(turn, nowMs) + 1, ahead, since: place.since };
};

/** Those in line whose turn it is. */
export const nextInLine = (turn: TurnRecord, nowMs: number): readonly TurnWaiter[] => {
  const going = holdersOf(turn, nowMs);
  return turn.waiters
    .filter((one) => isLive(one, nowMs))
    .sort(byTicket)
    .filter((one, index) => going + index < one.limit);
};

/** The record after an attempt has ended: without its turn and its place. */
export const leaveTurn = (turn: TurnRecord, who: Pick<TurnSeeker, 'runId' | 'attempt'>): TurnRecord => {
  const holders = turn.holders.filter((one) => !isOf(one, who));
  const waiters = turn.waiters.filter((one) => !isOf(one, who));
  return holders.length === turn.holders.length && waiters.length === turn.waiters.length
    ? turn
    : { ...turn, holders, waiters };
};

/** The record after a run in line has let the others go ahead: it keeps its ticket for when it comes back. */
export const stepAside = (turn: TurnRecord, who: Pick<TurnSeeker, 'runId' | 'attempt'>, nowMs: number): TurnRecord =>
  turn.waiters.some((one) => isOf(one, who) && isLive(one, nowMs))
    ? { ...turn, waiters: turn.waiters.map((one) => (isOf(one, who) ? { ...one, until: iso(nowMs) } : one)) }
    : turn;

/** The record after somebody took turns away by hand: those of one run with its place, or of all that go on. */
export const breakTurn = (
  turn: TurnRecord,
  by: { readonly actor: string; readonly reason?: string | undefined; readonly runId?: RunId | undefined },
  nowMs: number,
): { readonly turn: TurnRecord; readonly broken: readonly TurnEntry[] } => {
  const isMeant = (one: TurnEntry): boolean => by.runId === undefined || one.runId === by.runId;
  const holders = turn.holders.filter(isMeant);
  const waiters = by.runId === undefined ? [] : turn.waiters.filter(isMeant);
  const broken: readonly TurnEntry[] = [...holders, ...waiters];
  if (broken.length === 0) return { turn, broken };
  const breaks = broken.map(({ runId, attempt }) => ({
    at: iso(nowMs),
    by: by.actor,
    ...(by.reason === undefined ? {} : { reason: by.reason }),
    runId,
    attempt,
  }));
  return {
    broken,
    turn: {
      ...turn,
      holders: turn.holders.filter((one) => !broken.includes(one)),
      waiters: turn.waiters.filter((one) => !broken.includes(one)),
      breaks: [...turn.breaks, ...breaks].slice(-maxBreaks),
    },
  };
};
