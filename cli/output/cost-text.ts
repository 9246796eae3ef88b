import type { CostsView, JobCost } from '#shared/contract/cost-views.ts';
import type { Estimate } from '#shared/cost/estimate-schema.ts';
import type { Cost } from '#shared/cost/prices.ts';
import { dollars } from '#shared/format/dollars.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { Usage } from '#shared/model/usage.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');

const usedText = (usage: Usage): string =>
  `${count(usage.transitions)} transitions, ${count(usage.functionCalls)} function calls, ${count(usage.tableWrites)} writes, ${count(usage.tableReads)} reads, ${count(usage.blobPuts + usage.blobGets)} blob requests, ${count(usage.agentCalls)} agent calls`;

const atPrices = ({ prices }: Cost): string => `at prices of ${prices.region}, ${prices.asOf}`;

/** What a run has cost so far, on one line. */
export const costLine = (usage: Usage, cost: Cost): string =>
  `${dollars(cost.usd)} ${atPrices(cost)}: ${usedText(usage)}`;

/** What a plan would take and cost, on two lines. */
export const estimateText = ({ usage, cost, seconds, fromRuns, unseenPhases }: Estimate, style: Style): string => {
  const past = `from ${fromRuns} earlier run${fromRuns === 1 ? '' : 's'}`;
  const unseen = fromRuns === 0 ? 'no run of this job has succeeded yet' : `${unseenPhases.join(', ')} not run before`;
  const time =
    seconds === undefined ? `not known: ${safeLine(unseen, 200)}` : `about ${formatDuration(seconds * 1000)}, ${past}`;
  return `${style.dim('time')} ${time}\n${style.dim('cost')} about ${dollars(cost.usd)} ${atPrices(cost)}: ${usedText(usage)}\n`;
};

const columns: readonly Column<JobCost>[] = [
  { title: 'JOB', cell: ({ job }) => job },
  { title: 'RUNS', cell: ({ runs }) => String(runs), align: 'right' },
  { title: 'COST', cell: ({ cost }) => dollars(cost.usd), align: 'right' },
  { title: 'STEP FUNCTIONS', cell: ({ cost }) => dollars(cost.byService.stepFunctions), align: 'right' },
  { title: 'LAMBDA', cell: ({ cost }) => dollars(cost.byService.lambda), align: 'right' },
  { title: 'DYNAMODB', cell: ({ cost }) => dollars(cost.byService.dynamoDb), align: 'right' },
  { title: 'S3', cell: ({ cost }) => dollars(cost.byService.s3), align: 'right' },
  { title: 'AGENT CALLS', cell: ({ usage }) => count(usage.agentCalls), align: 'right' },
];

/** Costs of a month, job by job. */
export const costsText = ({ month, items, total }: CostsView, style: Style): string =>
  items.length === 0
    ? `No run of ${month} has ended.\n`
    : `${renderTable(columns, [...items, { job: style.bold('all'), ...total }], style)}${style.dim(`${month}, ${atPrices(total.cost)}`)}\n`;
