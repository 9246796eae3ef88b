import type { z } from 'zod';
import { didYouMean } from '../expression/nearest-word.ts';
import { durationSchema } from '../model/job.ts';
import { describeValue } from './describe-value.ts';
import type { DocumentKind, DocumentLevel } from './document-kind.ts';
import type { Finding, Path } from './finding.ts';
import { schemaAt, valueAt } from './schema-path.ts';

type Issue = z.core.$ZodIssue;
type Format = Pick<DocumentKind<unknown>, 'schema' | 'levels'>;

/** What a type of zod is called in a file. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

const finding = (path: Path, message: string, suggestion?: string): Finding => ({
  path,
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

const suggestKey = ({ levels }: Format, key: string, level: DocumentLevel | undefined): string => {
  if (key === '<<') return 'Merge keys are not part of YAML 1.2: write the keys out.';
  const keys = Object.keys(level?.keys ?? {});
  const near = didYouMean(key, keys);
  if (near !== undefined) return near;
  const elsewhere = levels.find((one) => Object.hasOwn(one.keys, key));
  return elsewhere === undefined ? `Keys here: ${keys.join(', ')}.` : `'${key}' is a key of ${elsewhere.title}.`;
};

const unknownKeys = (format: Format, path: Path, keys: readonly string[]): readonly Finding[] => {
  const schema = schemaAt(format.schema, path);
  const level = format.levels.find((one) => one.schema === schema);
  return keys.map((key) => ({
    ...finding(
      [...path, key],
      `'${key}' is not a key of ${level?.title ?? 'this map'}`,
      suggestKey(format, key, level),
    ),
    atKey: true,
  }));
};

const suggestType = ({ schema }: Format, path: Path, expected: string, found: unknown): string | undefined => {
  if (expected !== 'string' || (typeof found !== 'number' && typeof found !== 'boolean')) return undefined;
  if (schemaAt(schema, path) === durationSchema) return `Write it with its unit: ${found}s, ${found}m.`;
  return `Put it in quotes: "${found}".`;
};

const wrongType = (format: Format, path: Path, expected: string, found: unknown): Finding => {
  if (path.length === 0)
    return finding(path, `expected a map with apiVersion, kind, metadata and spec, found ${describeValue(found)}`);
  const name = typeNames[expected] ?? expected;
  if (found === undefined) return finding(path, `'${path.at(-1)}' is missing (${name})`);
  return finding(path, `expected ${name}, found ${describeValue(found)}`, suggestType(format, path, expected, found));
};

const wrongChoice = (path: Path, choices: readonly unknown[], found: unknown): Finding => {
  const names = choices.map(String);
  if (found === undefined) return finding(path, `'${path.at(-1)}' is missing (${names.join(', ')})`);
  if (names.length === 1) return finding(path, `expected ${names[0]}, found ${describeValue(found)}`);
  const message = `${describeValue(found)} is not one of ${names.join(', ')}`;
  return finding(path, message, typeof found === 'string' ? didYouMean(found, names) : undefined);
};

const sizeWords: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
};

const wrongSize = (path: Path, issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, found: unknown): Finding => {
  const [bound, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  const words = sizeWords[issue.origin];
  if (words === undefined) return finding(path, `must be ${bound} ${limit}, found ${describeValue(found)}`);
  return finding(path, `must have ${bound} ${limit} ${Number(limit) === 1 ? words[0] : words[1]}`);
};

const wrongValue = (path: Path, message: string, found: unknown): Finding =>
  finding(path, message.startsWith('is ') ? `${describeValue(found)} ${message}` : message);

/** What is wrong inside the map of a choice, when it was that one that its author wrote. */
const issuesInMap = (issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] => {
  const branch = issue.errors.find((one) =>
    one.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return (branch ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
};

const findingsOfIssue = (format: Format, issue: Issue, document: unknown): readonly Finding[] => {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const found = valueAt(document, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(format, path, issue.keys);
    case 'invalid_type':
      return [wrongType(format, path, issue.expected, found)];
    case 'invalid_value':
      return [wrongChoice(path, issue.values, found)];
    case 'too_small':
    case 'too_big':
      return [wrongSize(path, issue, found)];
    case 'invalid_key':
      return [{ ...wrongValue(path, issue.issues[0]?.message ?? issue.message, path.at(-1)), atKey: true }];
    case 'invalid_union':
      if (found === undefined) return [wrongType(format, path, 'a value', found)];
      if (issuesInMap(issue).length > 0)
        return issuesInMap(issue).flatMap((one) => findingsOfIssue(format, one, document));
      return [wrongValue(path, issue.message.startsWith('is ') ? issue.message : 'is not a value of JSON', found)];
    default:
      return [wrongValue(path, issue.message, found)];
  }
};

/** What the schema of its kind has against a document, in words for its author. */
export const findingsOfSchema = (format: Format, error: z.ZodError, document: unknown): readonly Finding[] =>
  error.issues.flatMap((issue) => findingsOfIssue(format, issue, document));
