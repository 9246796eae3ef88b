import type { OpenStore } from './open-for-suite.ts';
import { groupContract } from './store-contract-groups.ts';
import { inventoryContract } from './store-contract-inventory.ts';
import { invocationContract } from './store-contract-invocations.ts';
import { libraryContract } from './store-contract-library.ts';
import { lockContract } from './store-contract-locks.ts';
import { rateContract } from './store-contract-rates.ts';
import { resultContract } from './store-contract-results.ts';
import { runContract } from './store-contract-runs.ts';
import { scheduleContract } from './store-contract-schedules.ts';
import { sliceContract } from './store-contract-slices.ts';
import { usageContract } from './store-contract-usage.ts';

/** What every implementation of the port Store does. */
export const storeContract = (name: string, open: OpenStore): void => {
  runContract(name, open);
  groupContract(name, open);
  sliceContract(name, open);
  invocationContract(name, open);
  resultContract(name, open);
  libraryContract(name, open);
  lockContract(name, open);
  rateContract(name, open);
  usageContract(name, open);
  scheduleContract(name, open);
  inventoryContract(name, open);
};
