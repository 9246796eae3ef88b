import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';

/** An item of the table, as far as reading its record goes. */
export interface StoredItem {
  readonly record: string;
}

const wrong = (what: string, cause: unknown): AppError =>
  new AppError('internal.bug', `The stored record of ${what} is not valid.`, {
    cause,
    hint: 'Another version of Drover wrote it, or it was changed by hand. Compare the item in the table with the release notes.',
  });

const parseJson = (json: string, what: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw wrong(what, cause);
  }
};

/**
 * Reads the record of an item: its JSON, and over it the fields that are attributes of their own. The schema strips the other attributes.
 * @throws AppError `internal.bug`, naming the record, when it does not fit its schema.
 */
export const readRecord = <T>(schema: z.ZodType<T>, item: StoredItem, what: string): T => {
  const stored = parseJson(item.record, what);
  const read = schema.safeParse(typeof stored === 'object' ? { ...stored, ...item } : stored);
  if (!read.success) throw wrong(what, read.error);
  return read.data;
};

/**
 * Reads the records of an item that holds a list of them: over each of them the fields that they share.
 * @throws AppError `internal.bug`, naming what they are of, when one does not fit its schema.
 */
export const readRecords = <T>(
  schema: z.ZodType<T>,
  { record, shared }: StoredItem & { readonly shared: object },
  what: string,
): readonly T[] => {
  const stored = parseJson(record, what);
  const read = z.array(schema).safeParse(Array.isArray(stored) ? stored.map((one) => ({ ...one, ...shared })) : stored);
  if (!read.success) throw wrong(what, read.error);
  return read.data;
};

/** The error for a record that a write builds on and that is not there. */
export const missing = (what: string): AppError =>
  new AppError('record.missing', `There is no record of ${what}.`, {
    hint: 'Check the id. Records expire: retention is counted from the time a record was written.',
  });
