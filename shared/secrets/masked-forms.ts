import { utf8Bytes } from '../script/literal.ts';

/** Secrets and parts of them that have fewer bytes are not masked: too much that is no secret would be. */
export const leastMaskedBytes = 4;

const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
};

/** The texts of a JSON object or list: a script takes them out one by one. */
const jsonStrings = (value: string): readonly string[] => {
  if (!/^\s*[[{]/.test(value)) return [];
  try {
    return stringsIn(JSON.parse(value));
  } catch {
    // No JSON: then it has no parts.
    return [];
  }
};

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** What `echo` of dash and busybox, and `printf %b`, make of a text with backslashes. */
const echoed = (value: string): string =>
  value
    .replace(/(?<!\\)(?:\\\\)*\\c[\s\S]*/, '')
    .replaceAll(/\\(?:([abfnrtv\\])|0([0-7]{1,3}))/g, (_, letter: string | undefined, octal: string) =>
      letter === undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : (escapes[letter] ?? ''),
    );

const withLines = (value: string): readonly string[] => [value, ...value.split('\n').map((line) => line.trim())];

/** The ways in which programs write a text down that has blanks, quotes or line ends: JSON, a traced shell command, a form. */
const writtenForms = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  value.replaceAll("'", "'\\''"),
  value.replaceAll("'", `'"'"'`),
  value.replaceAll(' ', '+'),
];

/**
 * The texts to look for where secrets must not be shown, longest first: values, their lines, the texts in them when they are JSON, each as it
 * is and as programs quote it. Base64 and percent-encoding are the masker's own business.
 */
export const maskedForms = (values: readonly string[]): readonly string[] => {
  const parts = values
    .flatMap((value) => [value, ...jsonStrings(value)])
    .flatMap((value) => [...withLines(value), ...withLines(echoed(value))]);
  return [...new Set(parts.flatMap(writtenForms))]
    .map((form) => ({ form, bytes: utf8Bytes(form) }))
    .filter(({ bytes }) => bytes >= leastMaskedBytes)
    .toSorted((a, b) => b.bytes - a.bytes || (a.form < b.form ? -1 : 1))
    .map(({ form }) => form);
};
