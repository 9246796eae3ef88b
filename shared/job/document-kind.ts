import type { z } from 'zod';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { Finding } from './finding.ts';

/** One kind of map in a document, and what its keys mean, for editors and error messages. */
export interface DocumentLevel {
  /** With its article: `an operation`. */
  readonly title: string;
  readonly schema: z.ZodObject;
  readonly keys: Readonly<Record<string, string>>;
}

/** A kind of document (a job, a command), and how it is checked. */
export interface DocumentKind<T> {
  /** What people call it: `job`. */
  readonly noun: string;
  readonly schema: z.ZodObject & z.ZodType<T>;
  /** Every kind of map in it, from the outside in. */
  readonly levels: readonly DocumentLevel[];
  /** Everything that is wrong with it that its schema cannot say. */
  readonly check: (value: T) => readonly Finding[];
  readonly codes: { readonly syntax: ErrorCode; readonly invalid: ErrorCode };
}

type Keys<Schema extends z.ZodObject> = Readonly<Record<keyof Schema['shape'] & string, string>>;

/** A level whose keys are exactly those of its schema. */
export const documentLevel = <Schema extends z.ZodObject>(
  title: string,
  schema: Schema,
  keys: Keys<Schema>,
): DocumentLevel => ({ title, schema, keys });
