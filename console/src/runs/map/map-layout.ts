/** Where cells are on a map: in rows from left to right, all lengths in CSS pixels. */
export interface MapLayout {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell with its gap. */
  readonly size: number;
  /** Free at the right and lower side of each cell. */
  readonly gap: number;
  readonly width: number;
  readonly height: number;
}

const [smallest, largest] = [2, 24];

const gapOf = (size: number): number => {
  if (size >= 12) return 2;
  return size >= 4 ? 1 : 0;
};

/** The largest cells with which `count` of them fit into `width` and about `height`; never smaller than can be pointed at, so very many get more height. */
export const layoutMap = (count: number, width: number, height: number): MapLayout => {
  let size = largest;
  while (size > smallest && Math.ceil(count / columnsIn(width, size)) * size > height) size -= 1;
  const columns = Math.max(1, Math.min(count, columnsIn(width, size)));
  const rows = Math.ceil(count / columns);
  return { count, columns, rows, size, gap: gapOf(size), width: columns * size, height: rows * size };
};

const columnsIn = (width: number, size: number): number => Math.max(1, Math.floor(width / size));

/** The cell at a point; undefined where there is none. */
export const cellAt = ({ count, columns, size }: MapLayout, x: number, y: number): number | undefined => {
  const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
  if (column < 0 || column >= columns || row < 0) return undefined;
  const index = row * columns + column;
  return index < count ? index : undefined;
};

/** The upper left corner of a cell. */
export const placeOfCell = (
  { columns, size }: MapLayout,
  index: number,
): { readonly x: number; readonly y: number } => ({
  x: (index % columns) * size,
  y: Math.floor(index / columns) * size,
});

/** The cell that a key leads to from another one; undefined for keys that do not move. */
export const moveCell = ({ count, columns }: MapLayout, from: number, key: string): number | undefined => {
  const rowStart = from - (from % columns);
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - columns < 0 ? from : from - columns,
    ArrowDown: from + columns >= count ? from : from + columns,
    Home: rowStart,
    End: rowStart + columns - 1,
    PageUp: from % columns,
    PageDown: count - 1,
  };
  const to = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
};
