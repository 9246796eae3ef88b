import * as z from 'zod';
import type { Usage } from '../model/usage.ts';

const price = z.number().min(0);

/** List prices of one region, in dollars. Free tiers and discounts are not in them. */
export const priceTableSchema = z.strictObject({
  region: z.string(),
  /** When the prices were looked up. */
  asOf: z.iso.date(),
  source: z.string(),
  perTransition: price,
  perFunctionCall: price,
  /** Lambda on arm64. */
  perGbSecond: price,
  perTableWrite: price,
  perTableRead: price,
  perBlobPut: price,
  perBlobGet: price,
});
export type PriceTable = Readonly<z.infer<typeof priceTableSchema>>;

/** List prices of us-east-1 (N. Virginia), which most regions are at or somewhat above. */
export const listPrices: PriceTable = {
  region: 'us-east-1',
  asOf: '2026-11-21',
  source: 'pricing pages of AWS Step Functions, AWS Lambda, Amazon DynamoDB (on demand) and Amazon S3 (Standard)',
  perTransition: 0.025 / 1_000,
  perFunctionCall: 0.2 / 1_000_000,
  perGbSecond: 0.0000133334,
  perTableWrite: 0.625 / 1_000_000,
  perTableRead: 0.125 / 1_000_000,
  perBlobPut: 0.005 / 1_000,
  perBlobGet: 0.0004 / 1_000,
};

/** What something costs, in dollars, in all and by service. */
export const costSchema = z.object({
  usd: z.number().min(0),
  byService: z.object({
    stepFunctions: z.number().min(0),
    lambda: z.number().min(0),
    dynamoDb: z.number().min(0),
    s3: z.number().min(0),
  }),
  prices: z.object({ region: z.string(), asOf: z.string() }),
});
export type Cost = z.infer<typeof costSchema>;

const mibMsPerGbSecond = 1024 * 1000;

/** What was used at these prices. */
export const costOf = (usage: Usage, prices: PriceTable): Cost => {
  const byService = {
    stepFunctions: usage.transitions * prices.perTransition,
    lambda:
      usage.functionCalls * prices.perFunctionCall + (usage.functionMibMs / mibMsPerGbSecond) * prices.perGbSecond,
    dynamoDb: usage.tableWrites * prices.perTableWrite + usage.tableReads * prices.perTableRead,
    s3: usage.blobPuts * prices.perBlobPut + usage.blobGets * prices.perBlobGet,
  };
  const usd = Object.values(byService).reduce((sum, part) => sum + part, 0);
  return { usd, byService, prices: { region: prices.region, asOf: prices.asOf } };
};
