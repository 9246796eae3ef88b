import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { AppError } from '../errors/app-error.ts';
import type { ParamValues } from '../model/job.ts';

/** Any JSON value. */
export type Json = ParamValues[string];

/** Any JSON value that nobody changes. */
export type ReadonlyJson = Json | readonly ReadonlyJson[] | { readonly [key: string]: ReadonlyJson };

/**
 * A JSON value as CEL sees it: whole numbers become `int` (bigint), other numbers stay `double`. Numbers beyond 2^53 stay `double` too,
 * because their digits are not exact any more.
 */
export const toCelValue = (value: ReadonlyJson): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCelValue);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCelValue(item)]));
  return value;
};

const noText = (what: string): AppError =>
  new AppError('expression.failed', `${what} has no text form`, {
    hint: 'Give a text, number, boolean, list or map; string() converts bytes.',
  });

const entriesOf = (value: object): readonly (readonly [unknown, unknown])[] =>
  value instanceof Map ? [...value] : Object.entries(value);

const jsonText = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  const text = scalarText(value);
  if (text !== undefined) return typeof value === 'object' && value !== null ? JSON.stringify(text) : text;
  if (typeof value !== 'object' || value === null) throw noText(`A value of type ${typeof value}`);
  if (Array.isArray(value) || value instanceof Set) return `[${[...value].map(jsonText).join(',')}]`;
  const members = entriesOf(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${JSON.stringify(String(key))}:${jsonText(item)}`);
  return `{${members.join(',')}}`;
};

const scalarText = (value: unknown): string | undefined => {
  if (value === null) return 'null';
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration || value instanceof UnsignedInt) return value.toString();
  if (value instanceof Uint8Array) throw noText('A value of type bytes');
  return undefined;
};

/**
 * The text that a value of an expression has in a template: a string as it is, numbers and booleans as digits and words, a timestamp as ISO
 * 8601, lists and maps as JSON without blanks.
 * @throws AppError `expression.failed` for bytes.
 */
export const textOfCelValue = (value: unknown): string =>
  typeof value === 'string' ? value : (scalarText(value) ?? jsonText(value));
