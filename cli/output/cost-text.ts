import type { CostsView, JobCost } from '#shared/contract/cost-views.ts';
import type { Estimate } from '#shared/cost/estimate-schema.ts';
import type { Cost } from '#shared/cost/prices.ts';
import { estimatedCost, estimatedTime, pricesText, usageText } from '#shared/format/cost-words.ts';
import { dollars } from '#shared/format/dollars.ts';
import type { Usage } from '#shared/model/usage.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');

/** What a run has cost so far, on one line. */
export const costLine = (usage: Usage, cost: Cost): string =>
  `${dollars(cost.usd)} ${pricesText(cost)}: ${usageText(usage)}`;

/** What a plan would take and cost, on two lines. */
export const estimateText = (estimate: Estimate, style: Style): string =>
  `${style.dim('time')} ${safeLine(estimatedTime(estimate), 240)}\n${style.dim('cost')} ${estimatedCost(estimate)}\n`;

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
    : `${renderTable(columns, [...items, { job: style.bold('all'), ...total }], style)}${style.dim(`${month}, ${pricesText(total.cost)}`)}\n`;
