import type { z } from 'zod';
import { expiresIn, type StoreContext } from './store-context.ts';
import { io } from './store-errors.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/**
 * How long a record of a lock is kept after its last write: longer than any right that it can hold lasts. Fencing numbers begin at the clock's
 * milliseconds, so they grow on after a record was forgotten.
 */
const keptSeconds = 90 * 86_400;

/** The stored attributes of a versioned record, beside its key. */
export const versioned = <T extends { readonly version: number }>(context: StoreContext, record: T) => ({
  version: record.version,
  record: JSON.stringify(record),
  ...expiresIn(context, keptSeconds),
});

/** The expiry of a name that is listed as long as the record it stands for. */
export const keptAsLong = (context: StoreContext) => expiresIn(context, keptSeconds);

/** Whether a conditional write was done. */
export const isDone = async (write: Promise<{ readonly rejected: boolean }>): Promise<boolean> =>
  !(await io(write)).rejected;

/** Reader of one kind of records. */
export const readerOf =
  <T>(schema: z.ZodType<T>, what: string) =>
  (item: StoredItem): T =>
    readRecord(schema, item, what);
