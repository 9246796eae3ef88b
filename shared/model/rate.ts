import * as z from 'zod';
import { agentKinds } from './node.ts';

const momentSchema = z.number().min(0);

/** What a cloud counts calls by: an action of its API, in an account and region. */
export const rateKeySchema = z.strictObject({
  agent: z.enum(agentKinds),
  /** Absent for the account whose credentials Drover has by itself. */
  account: z.string().optional(),
  region: z.string(),
  /** As the cloud names it, such as `SendCommand`. */
  action: z.string(),
});
export type RateKey = z.infer<typeof rateKeySchema>;

/**
 * The limit that all processes share for the calls of one key. It is made when the cloud first refuses a call, and is over when the cloud has
 * refused none for some minutes; then it only remembers the rate. Moments are milliseconds since the epoch.
 */
export const rateRecordSchema = rateKeySchema.extend({
  version: z.int().min(1),
  perSecond: z.number().positive(),
  /** Tickets given so far: the number of the next one. Numbers begin anew with each epoch. */
  issued: z.int().min(0),
  /** From which ticket on, and from when, the rate is counted: ticket n is due (n - base) / perSecond seconds after that moment. */
  base: z.number().min(0),
  baseAtMs: momentSchema,
  /** Grows whenever the rate was lowered: tickets that were given before are void. */
  epoch: z.int().min(0),
  /** True once it was lowered since it was opened: from then on it grows by steps instead of doubling. */
  isFound: z.boolean(),
  /** Since when calls are made at this rate. */
  changedAtMs: momentSchema,
  /** When it is over, unless the cloud refuses a call before. */
  closesAtMs: momentSchema,
});
export type RateRecord = z.infer<typeof rateRecordSchema>;
