import stringWidth from 'string-width';
import type { TextSink } from '../host.ts';

const escapes = /(\u001b\[[\d;]*m)/;
const segmenter = new Intl.Segmenter();

/** Cuts a coloured line to a width on a terminal; colours are closed. */
export const cutLine = (line: string, width: number): string => {
  if (stringWidth(line) <= width) return line;
  let room = width - 1;
  let cut = '';
  for (const part of line.split(escapes)) {
    if (escapes.test(part)) {
      cut += part;
      continue;
    }
    for (const { segment } of segmenter.segment(part)) {
      room -= stringWidth(segment);
      if (room < 0) return `${cut}…\u001b[0m`;
      cut += segment;
    }
  }
  return cut;
};

/** Draws lines over the lines drawn before. */
export interface LiveWriter {
  /** Replaces what was drawn. */
  draw(lines: readonly string[]): void;
  /** Removes what was drawn, so that other text can be printed. */
  clear(): void;
  /** Leaves what was drawn, and draws below it from now on. */
  keep(): void;
}

/**
 * A writer that redraws in place, in one write per frame and line over line, so that nothing flickers. Lines are cut to the terminal. When the
 * terminal was made narrower, what was drawn takes more rows than it has lines; those rows are counted, so nothing above is overwritten.
 */
export const makeLiveWriter = (sink: TextSink): LiveWriter => {
  let drawn: readonly string[] = [];
  const columns = () => Math.max(1, sink.columns ?? 80);
  const up = (): string => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns())), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  };
  return {
    draw: (lines) => {
      const cut = lines.map((line) => cutLine(line, columns()));
      sink.write(`${up()}${cut.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
      drawn = cut;
    },
    clear: () => {
      if (drawn.length > 0) sink.write(`${up()}\u001b[J`);
      drawn = [];
    },
    keep: () => {
      drawn = [];
    },
  };
};
