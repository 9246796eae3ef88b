import type { Estimate } from '../cost/estimate-schema.ts';
import type { Cost } from '../cost/prices.ts';
import { formatDuration } from '../model/duration.ts';
import type { Usage } from '../model/usage.ts';
import { dollars } from './dollars.ts';

const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');

/** What was used, in numbers and words. */
export const usageText = (usage: Usage): string =>
  `${count(usage.transitions)} transitions, ${count(usage.functionCalls)} function calls, ${count(usage.tableWrites)} writes, ${count(usage.tableReads)} reads, ${count(usage.blobPuts + usage.blobGets)} blob requests, ${count(usage.agentCalls)} agent calls`;

/** Whose prices, and of when. */
export const pricesText = ({ prices }: Cost): string => `at prices of ${prices.region}, ${prices.asOf}`;

/** How long a plan would take, or why that is not known. */
export const estimatedTime = ({ seconds, fromRuns, unseenPhases }: Estimate): string => {
  if (seconds !== undefined)
    return `about ${formatDuration(seconds * 1000)}, from ${fromRuns} earlier run${fromRuns === 1 ? '' : 's'}`;
  const unseen = fromRuns === 0 ? 'no run of this job has succeeded yet' : `${unseenPhases.join(', ')} not run before`;
  return `not known: ${unseen}`;
};

/** What a plan would cost, and what for. */
export const estimatedCost = ({ usage, cost }: Estimate): string =>
  `about ${dollars(cost.usd)} ${pricesText(cost)}: ${usageText(usage)}`;
