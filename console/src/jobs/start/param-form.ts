import { readParamValue } from '#shared/job/param-value.ts';
import type { Param, ParamValues } from '#shared/model/job.ts';

/** Declared params by name. */
export type DeclaredParams = Readonly<Record<string, Param>>;
/** What stands in the fields of a form, by param. */
export type FieldTexts = Readonly<Record<string, string>>;

type Json = ParamValues[string];

/** Values of a run, or what is wrong, by param. */
export type FormReading =
  | { readonly values: ParamValues; readonly errors?: undefined }
  | { readonly errors: FieldTexts; readonly values?: undefined };

const isPlainItem = (item: Json): item is string =>
  typeof item === 'string' && item === item.trim() && item !== '' && !/[\r\n]/.test(item);

/** A list one item a line, where that says it; else as JSON. */
const listText = (items: readonly Json[]): string => {
  const isPlain = items.length > 0 && items.every(isPlainItem) && !String(items[0]).startsWith('[');
  return isPlain ? items.join('\n') : JSON.stringify(items);
};

/** A value as it stands in a field. */
export const fieldText = ({ type }: Pick<Param, 'type'>, value: Json | undefined): string => {
  if (value === undefined) return '';
  if (type === 'json') return JSON.stringify(value, undefined, 2);
  if (Array.isArray(value)) return listText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** What the fields hold when a form is opened: given values, else defaults. */
export const firstTexts = (declared: DeclaredParams, given: ParamValues = {}): FieldTexts =>
  Object.fromEntries(
    Object.entries(declared).map(([name, param]) => [name, fieldText(param, given[name] ?? param.default)]),
  );

/** An empty field says nothing, but for a text whose default is another one: then the empty text is meant. */
const isGiven = ({ type, default: usual }: Param, text: string): boolean =>
  type === 'string' ? text !== '' || usual !== undefined : text.trim() !== '';

/** What a field says, before it is checked. */
const givenOf = ({ type }: Param, text: string): Json => {
  if (type !== 'list' || text.trimStart().startsWith('[')) return text;
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

const sameJson = (a: Json | undefined, b: Json): boolean => a !== undefined && JSON.stringify(a) === JSON.stringify(b);

/** The items that the field of a list with options holds. */
export const chosenOf = (text: string): readonly string[] => {
  const items = givenOf({ type: 'list', required: false }, text);
  if (Array.isArray(items)) return items.map(String);
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.map(String) : [];
  } catch {
    // Half of a JSON text: nothing is chosen yet.
    return [];
  }
};

/** A list without items, as its field holds it: where there is a default, an empty field would mean that. */
export const emptyText = ({ default: usual }: Param): string => (usual === undefined ? '' : '[]');

/** Params in the order in which a form asks for them: those that must be given first. */
export const asked = (declared: DeclaredParams): readonly (readonly [name: string, param: Param])[] => {
  const mustBe = ({ required, default: usual }: Param): number => (required && usual === undefined ? 0 : 1);
  return Object.entries(declared).toSorted(([, a], [, b]) => mustBe(a) - mustBe(b));
};

/** What the field of a file holds until the file is there. */
export const fileStates = { sending: 'sending', notSent: 'notSent' } as const;

const fileProblems: Readonly<Record<string, string>> = {
  [fileStates.sending]: 'is being sent: wait until it is there',
  [fileStates.notSent]: 'was not sent: send it again, or leave it out',
};

type FieldReading = { readonly value?: Json } | { readonly error: string };

/** The value of a field; none where it says nothing, or what is the default anyway. */
export const readField = (param: Param, text: string): FieldReading => {
  const problem = param.type === 'file' ? fileProblems[text] : undefined;
  if (problem !== undefined) return { error: problem };
  if (!isGiven(param, text)) return param.required && param.default === undefined ? { error: 'is required' } : {};
  const reading = readParamValue(param, givenOf(param, text));
  if (!('value' in reading))
    return { error: reading.suggestion === undefined ? reading.message : `${reading.message}. ${reading.suggestion}` };
  return sameJson(param.default, reading.value) ? {} : { value: reading.value };
};

/** The values that a form says, without those that are defaults. */
export const readForm = (declared: DeclaredParams, texts: FieldTexts): FormReading => {
  const values: ParamValues = {};
  const errors: Record<string, string> = {};
  for (const [name, param] of Object.entries(declared)) {
    const reading = readField(param, texts[name] ?? '');
    if ('error' in reading) errors[name] = reading.error;
    else if (reading.value !== undefined) values[name] = reading.value;
  }
  return Object.keys(errors).length > 0 ? { errors } : { values };
};

/** What a param takes, in words; '' where its type says it all. */
export const paramRule = ({ type, pattern, min, max, options }: Param): string => {
  const unit = type === 'list' ? ' items' : type === 'string' ? ' characters' : '';
  return [
    options === undefined ? '' : `one of ${options.join(', ')}`,
    pattern === undefined ? '' : `matches ${pattern}`,
    min === undefined ? '' : `at least ${min}${unit}`,
    max === undefined ? '' : `at most ${max}${unit}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
};
