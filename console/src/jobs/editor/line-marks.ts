import type { ErrorPlace } from '#shared/errors/app-error.ts';

/** What is wrong in a line. */
export interface LineMark {
  /** From 1. */
  readonly line: number;
  readonly messages: readonly string[];
}

/** A place in words: what is wrong, and what was perhaps meant. */
export const placeText = ({ message, suggestion }: ErrorPlace): string =>
  suggestion === undefined ? message : `${message} (${suggestion})`;

/** The lines in which something is wrong, from the top. Places without a line are not among them. */
export const lineMarks = (places: readonly ErrorPlace[]): readonly LineMark[] =>
  [...Map.groupBy(places, ({ line }) => line)]
    .flatMap(([line, some]) => (line === undefined ? [] : [{ line, messages: some.map(placeText) }]))
    .toSorted((a, b) => a.line - b.line);

/** Where a line and column (both from 1) stand in a text, in characters from 0; the end of the line or text where they are beyond it. */
export const offsetAt = (text: string, line: number, column: number): number => {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
};

/** Lines of a text; an empty text has one. */
export const countLines = (text: string): number => {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
};
