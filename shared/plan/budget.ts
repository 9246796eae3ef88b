import type { Amount } from '../model/job.ts';
import { amountRoundedDown } from './amount.ts';

/** How many nodes of a group may fail without stopping it; percentages rounded down, so that `5%` of 10 nodes is none. */
export const allowedFailures = (maxFailures: Amount, nodeCount: number): number =>
  amountRoundedDown(maxFailures, nodeCount);

/** True once more nodes failed than the group allows: then nothing more starts. With the default of 0 the first failure does it. */
export const isBudgetSpent = (maxFailures: Amount, nodeCount: number, failures: number): boolean =>
  failures > allowedFailures(maxFailures, nodeCount);
