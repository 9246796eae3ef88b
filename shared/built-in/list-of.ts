import type { Json } from '../expression/cel-values.ts';

/** The list that a text stands for: JSON when it begins as a JSON list and is one, else its lines without the empty ones. */
export const listOf = (text: string): readonly Json[] => {
  const trimmed = text.trim();
  const parsed = trimmed.startsWith('[') ? parseList(trimmed) : undefined;
  return parsed ?? trimmed.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
};

const parseList = (text: string): readonly Json[] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // Not JSON: its lines are the list.
    return undefined;
  }
};
