import stringWidth from 'string-width';
import { makeStyle, type Style } from './style.ts';

/** A column: its title, its cell for a row, and how the cell is painted once it is as wide as the column. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly paint?: (row: T, text: string) => string;
  readonly align?: 'left' | 'right';
}

const gap = '  ';

const pad = (text: string, width: number, align: 'left' | 'right'): string => {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? space + text : text + space;
};

/**
 * Rows as aligned columns under their titles, without lines between. Widths are those that a terminal shows: East Asian characters are two
 * wide. Columns without any text are left out. Nothing is cut.
 */
export const renderTable = <T>(columns: readonly Column<T>[], rows: readonly T[], style: Style = makeStyle(false)): string => {
  const drawn = columns
    .map((column) => ({ column, cells: rows.map((row) => column.cell(row)) }))
    .filter(({ cells }) => rows.length === 0 || cells.some((cell) => cell !== ''))
    .map(({ column, cells }) => ({
      column,
      cells,
      width: Math.max(stringWidth(column.title), ...cells.map((cell) => stringWidth(cell))),
    }));
  const line = (texts: readonly string[]) => texts.join(gap).trimEnd();
  const head = line(drawn.map(({ column, width }) => pad(column.title, width, column.align ?? 'left')));
  const body = rows.map((row, index) =>
    line(
      drawn.map(({ column, cells, width }) => {
        const text = pad(cells[index] ?? '', width, column.align ?? 'left');
        return column.paint === undefined ? text : column.paint(row, text);
      }),
    ),
  );
  return [style.bold(head), ...body].map((text) => `${text}\n`).join('');
};
