import type { Amount } from '../model/job.ts';

const share = (amount: Amount, total: number): number =>
  typeof amount === 'number' ? amount : (total * Number.parseInt(amount, 10)) / 100;

/** An amount of `total` as a count, percentages rounded up: `10%` of 11 is 2. A plain count is returned as it is, also above `total`. */
export const amountRoundedUp = (amount: Amount, total: number): number => Math.ceil(share(amount, total));

/** An amount of `total` as a count, percentages rounded down: `10%` of 19 is 1. A plain count is returned as it is. */
export const amountRoundedDown = (amount: Amount, total: number): number => Math.floor(share(amount, total));

/** `value`, but not below `low` nor above `high`; `low` wins when they cross. */
export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));
