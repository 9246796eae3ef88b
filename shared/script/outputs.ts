import * as z from 'zod';

/** Why outputs are not, or not all, there. */
export type OutputsError =
  /** $DROVER_OUTPUT is larger than the envelope carries; nothing of it was taken. */
  | { readonly code: 'tooLarge'; readonly bytes: number }
  /** A line is neither `name=value` nor a JSON object; the other lines were taken. */
  | { readonly code: 'invalid'; readonly line: number; readonly text: string };

/** What a script wrote to $DROVER_OUTPUT. Later lines win over earlier ones. */
export interface Outputs {
  readonly values: Readonly<Record<string, string>>;
  readonly error: OutputsError | null;
}

const outputLine = /^([A-Za-z_][A-Za-z0-9_.-]*)=(.*)$/s;
const jsonObject = z.record(z.string(), z.json());

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer here, not a failure: the line is reported as invalid.
    return undefined;
  }
};

const entriesOfJson = (text: string): readonly (readonly [string, string])[] | undefined => {
  const parsed = jsonObject.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
};

const entriesOfLine = (text: string): readonly (readonly [string, string])[] | undefined => {
  if (text.startsWith('{')) return entriesOfJson(text);
  const match = outputLine.exec(text);
  return match === null ? undefined : [[match[1] ?? '', match[2] ?? '']];
};

/**
 * The contents of $DROVER_OUTPUT: lines of `name=value` (the value is everything after the first `=`, unchanged) or JSON objects
 * (`{"name": value}`; a value that is no string is kept as its JSON text). Blank lines are skipped.
 */
export const parseOutputs = (content: string): Outputs => {
  const entries: (readonly [string, string])[] = [];
  let error: OutputsError | null = null;
  for (const [index, text] of content.split('\n').entries()) {
    if (text.trim() === '') continue;
    const found = entriesOfLine(text);
    if (found === undefined) error ??= { code: 'invalid', line: index + 1, text: text.slice(0, 80) };
    else entries.push(...found);
  }
  return { values: Object.fromEntries(entries), error };
};
