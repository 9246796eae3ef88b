import type { RateKey, RateRecord } from '../model/rate.ts';

/** Where calls are counted together: all actions of an account and region have one place, so that one read tells of all limits there. */
export type RateScope = Omit<RateKey, 'action'>;

/** Limits of calls of the clouds that all processes share. Decided on as a whole, as locks are: read, decide, put with the next version. */
export interface RateStore {
  /** Limits of an account and region, those that are over but not forgotten included. Cheap: it may lag, and no decision stands on it. */
  listRates(scope: RateScope): Promise<readonly RateRecord[]>;
  /** Strongly consistent. */
  getRate(key: RateKey): Promise<RateRecord | undefined>;
  /** False when another writer came first; version 1 is the first. */
  putRate(record: RateRecord): Promise<boolean>;
}
