import * as z from 'zod';

const amount = z.number().min(0);

/** What a run used of the services that are paid by use, and calls of the clouds' agents, which cost nothing. */
export const usageSchema = z.object({
  /** State transitions of Step Functions, starts of batches included. */
  transitions: amount,
  /** Calls of Lambda functions. */
  functionCalls: amount,
  /** Memory of these functions times how long they ran, in MiB × milliseconds. */
  functionMibMs: amount,
  /** Write request units of the table. */
  tableWrites: amount,
  /** Read request units of the table. */
  tableReads: amount,
  /** Blobs stored or listed. */
  blobPuts: amount,
  /** Blobs read, in whole, in part, or their size only. */
  blobGets: amount,
  /** Requests to SSM and Alibaba Cloud, those that were tried again included. */
  agentCalls: amount,
});
export type Usage = Readonly<z.infer<typeof usageSchema>>;

/** Everything that is counted. */
export const usageNames = usageSchema.keyof().options;

/** Nothing used. */
export const noUsage: Usage = {
  transitions: 0,
  functionCalls: 0,
  functionMibMs: 0,
  tableWrites: 0,
  tableReads: 0,
  blobPuts: 0,
  blobGets: 0,
  agentCalls: 0,
};

/** The sum of what was used; what is absent is nothing. */
export const addUsage = (all: readonly Partial<Usage>[]): Usage => {
  const sum: Record<keyof Usage, number> = { ...noUsage };
  for (const one of all) for (const name of usageNames) sum[name] += one[name] ?? 0;
  return sum;
};

/** So many times the same. */
export const timesUsage = (usage: Partial<Usage>, times: number): Usage => {
  const product: Record<keyof Usage, number> = { ...noUsage };
  for (const name of usageNames) product[name] = (usage[name] ?? 0) * times;
  return product;
};
