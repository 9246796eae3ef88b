import * as z from 'zod';
import type { Json } from '../expression/cel-values.ts';
import { didYouMean } from '../expression/nearest-word.ts';
import { readFileValue } from '../files/file-value.ts';
import { nodeIdSchema } from '../model/ids.ts';
import type { Param } from '../model/job.ts';
import { compileRegex } from '../model/job-values.ts';
import { formatReference, readReference } from '../secrets/reference.ts';
import { describeValue } from './describe-value.ts';

/** A value that fits its param, or why it does not. */
export type ParamReading = { readonly value: Json } | { readonly message: string; readonly suggestion?: string };

const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller says so, with the place.
    return undefined;
  }
};

const wrong = (expected: string, found: Json, suggestion?: string): ParamReading => ({
  message: `expected ${expected}, found ${describeValue(found)}`,
  ...(suggestion === undefined ? {} : { suggestion }),
});

const commaList = (text: string): Json => (text.trim() === '' ? [] : text.split(',').map((item) => item.trim()));

const listFromText = (text: string): Json | undefined =>
  text.trimStart().startsWith('[') ? parseJson(text) : commaList(text);

const fromText: Readonly<Record<Param['type'], (text: string) => Json | undefined>> = {
  string: (text) => text,
  enum: (text) => text,
  number: (text) => (numberText.test(text.trim()) ? Number(text) : undefined),
  boolean: (text) => ({ true: true, false: false })[text.trim().toLowerCase()],
  list: listFromText,
  json: parseJson,
  date: (text) => text.trim(),
  file: (text) => text.trim(),
  node: (text) => text.trim(),
  secret: (text) => text.trim(),
};

const expectations: Readonly<Record<Param['type'], string>> = {
  string: 'a text',
  enum: 'a text or number',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list (a,b,c or JSON)',
  json: 'JSON',
  date: 'a date (2026-12-24) or a time (2026-12-24T22:00:00Z)',
  file: 'a file (--param name=@path; sha256:<digest>/<name> of one that was uploaded)',
  node: 'the id of a node',
  secret: 'a reference to a secret',
};

/** A day, or a moment with its offset from UTC. */
const dateSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const hasType = (type: Param['type'], value: Json): boolean => {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' || typeof value === 'number';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'json':
      return true;
    case 'date':
      return dateSchema.safeParse(value).success;
    case 'node':
      return nodeIdSchema.safeParse(value).success;
    case 'file':
      return typeof value === 'string' && readFileValue(value) !== undefined;
    case 'secret':
      return typeof value === 'string';
  }
};

const isOption = (options: readonly (string | number)[], value: Json): boolean =>
  options.some((option) => option === value);

const chooseOption = (options: readonly (string | number)[], value: Json): ParamReading => {
  if (isOption(options, value)) return { value };
  const isWord = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const sameText = isWord ? options.find((option) => String(option) === String(value)) : undefined;
  if (sameText !== undefined) return { value: sameText };
  const names = options.map(String);
  const near = typeof value === 'string' ? didYouMean(value, names) : undefined;
  return {
    message: `${describeValue(value)} is not one of ${names.join(', ')}`,
    ...(near === undefined ? {} : { suggestion: near }),
  };
};

const chooseOptions = (options: readonly (string | number)[], value: Json): ParamReading => {
  const readings = (Array.isArray(value) ? value : [value]).map((item) => chooseOption(options, item));
  const chosen: Json[] = [];
  for (const reading of readings) {
    if (!('value' in reading)) return reading;
    chosen.push(reading.value);
  }
  return { value: Array.isArray(value) ? chosen : (chosen[0] ?? null) };
};

const sizeOf = (value: Json): { readonly size: number; readonly unit: string } | undefined => {
  if (typeof value === 'number') return { size: value, unit: '' };
  if (typeof value === 'string') return { size: [...value].length, unit: ' characters' };
  return Array.isArray(value) ? { size: value.length, unit: ' items' } : undefined;
};

const limitProblem = ({ min, max }: Param, value: Json): string | undefined => {
  const sized = sizeOf(value);
  if (sized === undefined) return undefined;
  const { size, unit } = sized;
  const verb = unit === '' ? 'must be' : 'must have';
  if (min !== undefined && size < min) return `${verb} at least ${min}${unit}, found ${size}`;
  return max !== undefined && size > max ? `${verb} at most ${max}${unit}, found ${size}` : undefined;
};

/** Says nothing of the value: it may be the secret itself, given by mistake. */
const checkSecret = (value: Json): ParamReading => {
  const reading = readReference(value);
  return 'reference' in reading ? { value: formatReference(reading.reference) } : reading;
};

const checkValue = (param: Param, value: Json): ParamReading => {
  if (param.type === 'secret') return checkSecret(value);
  if (!hasType(param.type, value)) return wrong(expectations[param.type], value);
  const chosen = param.options === undefined ? { value } : chooseOptions(param.options, value);
  if (!('value' in chosen)) return chosen;
  if (
    param.pattern !== undefined &&
    typeof chosen.value === 'string' &&
    !compileRegex(param.pattern)?.test(chosen.value)
  )
    return { message: `${describeValue(chosen.value)} does not match ${param.pattern}` };
  const limit = limitProblem(param, chosen.value);
  return limit === undefined ? chosen : { message: limit };
};

/** Checks a value of the param's own type: a default in a job file. */
export const checkParamDefault = (param: Param, value: Json): ParamReading => checkValue(param, value);

/**
 * Reads a value that a caller gave. Text is converted to the param's type: `3`, `true`, `a,b,c`, JSON. Text for a `json` param must be JSON
 * itself, so a bare word needs its quotes.
 */
export const readParamValue = (param: Param, given: Json): ParamReading => {
  if (typeof given !== 'string') return checkValue(param, given);
  const converted = fromText[param.type](given);
  if (converted === undefined)
    return wrong(
      expectations[param.type],
      given,
      param.type === 'json' ? `A text is written "${given.slice(0, 20)}".` : undefined,
    );
  return checkValue(param, converted);
};
