import stringWidth from 'string-width';
import { makeStyle, type Style } from './style.ts';

/** A column: its title, its cell for a row, and the colour of that cell. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly paint?: (row: T, text: string) => string;
  readonly align?: 'left' | 'right';
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

const gap = '  ';

const toCell = (text: string): Cell => ({ text, width: stringWidth(text) });

const pad = (shown: string, missing: number, align: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(missing);
  return align === 'right' ? space + shown : shown + space;
};

/** A column with its cells and its width on a terminal. */
const layOut = <T>(column: Column<T>, rows: readonly T[]) => {
  const title = toCell(column.title);
  const cells = rows.map((row) => toCell(column.cell(row)));
  return { column, title, cells, width: cells.reduce((most, { width }) => Math.max(most, width), title.width) };
};

/**
 * Rows as aligned columns under their titles, without lines between. Widths are those that a terminal shows: East Asian characters are two
 * wide. Columns without any text are left out, unless there are no rows. Nothing is cut.
 */
export const renderTable = <T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  style: Style = makeStyle(false),
): string => {
  const laidOut = columns
    .map((column) => layOut(column, rows))
    .filter(({ cells }) => rows.length === 0 || cells.some(({ width }) => width > 0));
  const head = laidOut.map(({ column, title, width }) =>
    pad(style.bold(title.text), width - title.width, column.align),
  );
  const body = rows.map((row, index) =>
    laidOut.map(({ column, cells, width }) => {
      const { text, width: own } = cells[index] ?? toCell('');
      return pad(column.paint?.(row, text) ?? text, width - own, column.align);
    }),
  );
  return [head, ...body].map((parts) => `${parts.join(gap).trimEnd()}\n`).join('');
};
