import { afterAll, beforeAll } from 'vitest';
import type { OpenStore, StoreUnderTest } from './store-contract.ts';

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
