import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { scrollable } from './scrollable.ts';
import styles from './virtual-table.module.css';

/** A column of a table whose rows are drawn as they come into view. */
export interface VirtualColumn<T> {
  readonly title: string;
  /** Width in pixels; absent: what is left. */
  readonly width?: number;
  readonly cell: (row: T, index: number) => ReactNode;
  readonly isNumber?: boolean;
}

/** Height of a row in pixels, as in the styles. */
const rowHeight = 30;

/** A table of any number of rows, one line each; only those in view are drawn. */
export const VirtualTable = <T,>({
  columns,
  rows,
  label,
}: {
  readonly columns: readonly VirtualColumn<T>[];
  readonly rows: readonly T[];
  /** What the table is of, for those who hear it. */
  readonly label: string;
}) => {
  const frame = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const cellClass = (isNumber = false) => (isNumber ? styles['number'] : undefined);
  return (
    <section ref={frame} className={styles['frame']} aria-label={label} {...scrollable}>
      <table className={styles['table']} aria-label={label} aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map(({ title, width }) => (
            <col key={title} style={width === undefined ? {} : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={cellClass(isNumber)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <tr key={index} aria-rowindex={index + 2}>
                {columns.map(({ title, cell, isNumber }) => (
                  <td key={title} className={cellClass(isNumber)}>
                    {cell(row, index)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </section>
  );
};
