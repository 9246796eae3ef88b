import { CloudFault } from '../provider/cloud-fault.ts';
import type { SecretOf } from '../secrets/secret-stores.ts';

/** Names and values of `{{name}}` in a script; see "Use custom parameters" and "built-in environment parameters" of Cloud Assistant. */
const CUSTOM = /\{\{\s*([A-Za-z0-9_-]+)\s*\}\}/g;
const BUILT_IN = /\{\{\s*ACS\s*::\s*([^}]*?)\s*\}\}/g;
const STORE = /\{\{\s*oos(-secret)?\s*:/;
const STORED_SECRET = /\{\{\s*oos-secret\s*:\s*([^\s{}]+)\s*\}\}/g;
const MOST_PARAMETERS = 10;
const LONGEST_KEY = 64;

/** Values that differ from instance to instance. */
export type BuiltIns = Readonly<Record<string, string>>;

/** Names that a script asks for, in lower case: they are not case-sensitive. */
export const parameterNames = (content: string): readonly string[] => [
  ...new Set([...content.matchAll(CUSTOM)].map((match) => (match[1] ?? '').toLowerCase())),
];

/**
 * Reads the Parameters of a call (a JSON map as text).
 * @throws CloudFault
 */
export const readParameters = (text: string | undefined): ReadonlyMap<string, string> => {
  if (text === undefined || text === '') return new Map();
  const entries = entriesOf(text);
  if (entries.length > MOST_PARAMETERS) {
    throw new CloudFault('ParameterCount.ExceedLimit', `At most ${MOST_PARAMETERS} parameters may be given.`, 403);
  }
  const values = new Map<string, string>();
  for (const [key, value] of entries) {
    if (key.length === 0 || key.length > LONGEST_KEY) {
      throw new CloudFault('ParameterKey.ExceedLimit', 'A parameter name has 1 to 64 bytes.', 403);
    }
    if (!/^[A-Za-z0-9_-]+$/.test(key))
      throw new CloudFault('InvalidParameter.Parameters', `The parameter name ${key} is not valid.`);
    if (values.has(key.toLowerCase()))
      throw new CloudFault('ParameterKey.Duplicate', 'Parameter names differ in case only.', 403);
    values.set(key.toLowerCase(), value);
  }
  return values;
};

const entriesOf = (text: string): readonly (readonly [string, string])[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new CloudFault('InvalidParameter.Parameters', 'Parameters must be a JSON object.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CloudFault('InvalidParameter.Parameters', 'Parameters must be a JSON object.');
  }
  return Object.entries(parsed).map(
    ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
};

/**
 * Fills in the caller's own values: plain text replacement, nothing is quoted.
 * @throws CloudFault when a name has no value, or a value has no name in the script.
 */
export const fillCustom = (content: string, values: ReadonlyMap<string, string>): string => {
  const names = parameterNames(content);
  const missing = names.find((name) => !values.has(name));
  if (missing !== undefined) throw new CloudFault('Parameter.MissingValue', `The parameter ${missing} has no value.`);
  const extra = [...values.keys()].find((name) => !names.includes(name));
  if (extra !== undefined) throw new CloudFault('Parameter.NotMatched', `The command has no parameter ${extra}.`, 403);
  return content.replaceAll(CUSTOM, (_all, name: string) => values.get(name.toLowerCase()) ?? '');
};

/** Whether the agent has to fill something in on each instance. */
export const hasBuiltIns = (content: string): boolean => content.search(BUILT_IN) >= 0 || STORE.test(content);

/** Fills in what the agent knows of its instance; undefined when the script asks for something that it does not know. */
export const fillBuiltIns = (content: string, builtIns: BuiltIns): string | undefined => {
  for (const [, name] of content.matchAll(BUILT_IN)) if (builtIns[name ?? ''] === undefined) return undefined;
  return content.replaceAll(BUILT_IN, (_all, name: string) => builtIns[name] ?? '');
};

/**
 * Fills in secrets of the parameter store, as the agent does on the instance: plain text replacement, nothing is quoted. Undefined when one
 * is not there, and for parameters that are no secrets, which this cloud does not keep.
 */
export const fillSecrets = (content: string, secretOf: SecretOf): string | undefined => {
  const names = [...content.matchAll(STORED_SECRET)].map(([, name = '']) => name);
  const values = new Map(names.map((name) => [name, secretOf(`oos-secret:${name}`)]));
  if ([...values.values()].includes(undefined) || STORE.test(content.replaceAll(STORED_SECRET, ''))) return undefined;
  return content.replaceAll(STORED_SECRET, (_all, name: string) => values.get(name) ?? '');
};
