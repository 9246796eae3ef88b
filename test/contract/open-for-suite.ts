import { afterAll, beforeAll } from 'vitest';
import type { Store } from '#shared/ports/store.ts';

/** A store, its clock, and how to end it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Moves the store's clock to an instant, in milliseconds since the epoch. */
  readonly setNow: (epochMs: number) => void;
  readonly close: () => Promise<void>;
}

/** Opens an empty store whose clock stands at `sampleTime`. */
export type OpenStore = () => Promise<StoreUnderTest>;

/** Opens a store before a suite's tests and closes it after them; tests keep apart by using run ids of their own. */
export const openForSuite = (open: OpenStore): (() => StoreUnderTest) => {
  let subject: StoreUnderTest | undefined;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(async () => {
    await subject?.close();
  });
  return () => {
    if (!subject) throw new Error('The store is not open yet.');
    return subject;
  };
};
