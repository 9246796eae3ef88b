import { compile, query } from 'json-p3';
import { compileRegex } from '../model/job-values.ts';
import type { Extract } from '../model/operation.ts';

/** True for a JSON path of RFC 9535. */
export const isJsonPath = (path: string): boolean => {
  try {
    compile(path);
    return true;
  } catch {
    return false;
  }
};

/** What was taken, or why nothing was. */
export type Extraction = { readonly value: string } | { readonly reason: string };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const byPath = (text: string, path: string): readonly unknown[] | string => {
  try {
    return query(path, JSON.parse(text)).values();
  } catch {
    return `The text is not JSON: ${text.slice(0, 80)}`;
  }
};

const byPattern = (text: string, pattern: string): readonly unknown[] =>
  [...text.matchAll(compileRegex(pattern, 'gm') ?? /$^/g)].map((match) => match[1] ?? match[0]);

/** Takes a part out of a text: the first match, or all of them as a JSON list. No match is a reason, not an empty value. */
export const extractFrom = (text: string, { path, pattern, all }: Extract): Extraction => {
  const found = path === undefined ? byPattern(text, pattern ?? '') : byPath(text, path);
  if (typeof found === 'string') return { reason: found };
  if (all) return { value: JSON.stringify(found) };
  const [first] = found;
  if (found.length === 0 || first === undefined)
    return { reason: `Nothing matches ${path ?? pattern} in: ${text.slice(0, 80)}` };
  return { value: textOf(first) };
};
