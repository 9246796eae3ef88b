import * as z from 'zod';
import { nodeStatuses } from '#shared/model/status.ts';

/** A comma list of node statuses, as the value of a flag. */
export const statusesSchema = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(z.enum(nodeStatuses, { error: `must be a comma list of: ${nodeStatuses.join(', ')}` })).min(1));
