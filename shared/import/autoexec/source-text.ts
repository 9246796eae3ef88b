import type { SourceValue } from './source-value.ts';

/** A value as JSON text, numbers as written; separators as Python's `json.dumps` prints them, which the tools were fed with. */
export const jsonText = (value: SourceValue): string => {
  if (value.kind === 'text') return JSON.stringify(value.text);
  if (value.kind === 'list') return `[${value.items.map(jsonText).join(', ')}]`;
  if (value.kind !== 'map') return value.written;
  const members = [...value.entries].map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member)}`);
  return `{${members.join(', ')}}`;
};

/** A value as a tool received it: texts as they are, everything else as JSON text. */
export const valueText = (value: SourceValue): string => (value.kind === 'text' ? value.text : jsonText(value));

/** True for what the old system left out of a command line: null and the empty text. */
export const isEmptyValue = (value: SourceValue): boolean =>
  value.kind === 'null' || (value.kind === 'text' && value.text === '');
