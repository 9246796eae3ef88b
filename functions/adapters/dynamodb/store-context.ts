import type { Pacing } from './bulk.ts';
import type { Entities } from './entities.ts';

/** What the parts of the store share. */
export interface StoreContext {
  readonly entities: Entities;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long what belongs to a run is kept after it was written; absent: for ever. */
  readonly retentionSeconds: number | undefined;
  /** How long what is kept of ended runs is kept; absent: for ever. */
  readonly historySeconds: number | undefined;
  /** How long firings of schedules are kept; absent: for ever. */
  readonly firingSeconds: number | undefined;
  readonly pacing: Pacing;
  /** A name for a write that no other write has. */
  readonly newWriteId: () => string;
}

/** Anything with an expiry. */
export interface Expiring {
  /** Epoch seconds. */
  readonly expiresAt?: number;
}

/** The expiry of an item that is kept for so many seconds from now. */
export const expiresIn = (context: Pick<StoreContext, 'now'>, seconds: number): { readonly expiresAt: number } => ({
  expiresAt: Math.ceil(context.now() / 1000 + seconds),
});

/** The expiry of an item that belongs to a run. */
export const retention = (context: StoreContext): Expiring =>
  context.retentionSeconds === undefined ? {} : expiresIn(context, context.retentionSeconds);

/** The expiry of an item that outlives its run. */
export const historyRetention = (context: StoreContext): Expiring =>
  context.historySeconds === undefined ? {} : expiresIn(context, context.historySeconds);

/** The expiry of a firing. */
export const firingRetention = (context: StoreContext): Expiring =>
  context.firingSeconds === undefined ? {} : expiresIn(context, context.firingSeconds);

/** True for an item that has not expired; DynamoDB deletes expired ones days later. */
export const isLive = (context: Pick<StoreContext, 'now'>, { expiresAt }: Expiring): boolean =>
  expiresAt === undefined || expiresAt * 1000 > context.now();

/** The item, unless there is none or it has expired. */
export const live = <T extends Expiring>(context: StoreContext, item: T | null | undefined): T | undefined =>
  item && isLive(context, item) ? item : undefined;

interface ConditionWords {
  notExists(attribute: string): string;
  lte(attribute: number, value: number): string;
}

/** The condition of a write that comes first or not at all: there is no such item, or it has expired. */
export const whenAbsent =
  (context: StoreContext) =>
  (item: { readonly record: string; readonly expiresAt: number }, { notExists, lte }: ConditionWords): string =>
    `${notExists(item.record)} OR ${lte(item.expiresAt, Math.floor(context.now() / 1000))}`;

/** The condition under which a version of a record may be written: it is the first one, or the one before it is stored. */
export const whenNext =
  (context: StoreContext, next: number) =>
  (
    item: { readonly record: string; readonly expiresAt: number; readonly version: number },
    words: ConditionWords & { eq(attribute: number, value: number): string },
  ): string =>
    next === 1 ? whenAbsent(context)(item, words) : words.eq(item.version, next - 1);

/** Options of a read that a decision may stand on. ElectroDB's own error wrapper is left out, as it costs a stack trace per call. */
export const strongRead = { consistent: true, originalErr: true } as const;

/** Options of a strong query, to its last page. */
export const strongQuery = { ...strongRead, pages: 'all' } as const;

/** Options of a plain write. */
export const plainWrite = { originalErr: true } as const;

/** Options of a conditional write: a condition that does not hold is a value (`rejected`), not an exception. */
export const conditionalWrite = { originalErr: true, returnOnConditionCheckFailure: true } as const;

/** Options of a conditional update that hands back the item as it is afterwards. */
export const conditionalUpdate = { ...conditionalWrite, response: 'all_new' } as const;
