import type { Store } from '#shared/ports/store.ts';
import { groupContract } from './store-contract-groups.ts';
import { invocationContract } from './store-contract-invocations.ts';
import { resultContract } from './store-contract-results.ts';
import { runContract } from './store-contract-runs.ts';
import { sliceContract } from './store-contract-slices.ts';

/** A store, its clock, and how to end it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Moves the store's clock to an instant, in milliseconds since the epoch. */
  readonly setNow: (epochMs: number) => void;
  readonly close: () => Promise<void>;
}

/** Opens an empty store whose clock stands at `sampleTime`. */
export type OpenStore = () => Promise<StoreUnderTest>;

/** What every implementation of the port Store does. */
export const storeContract = (name: string, open: OpenStore): void => {
  runContract(name, open);
  groupContract(name, open);
  sliceContract(name, open);
  invocationContract(name, open);
  resultContract(name, open);
};
