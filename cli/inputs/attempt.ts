import * as z from 'zod';

/** The number of an attempt, as the value of a flag. */
export const attemptSchema = z.coerce.number({ error: 'is the number of an attempt' }).int().min(1);
