import type { ReactNode } from 'react';
import styles from './table.module.css';

/** A column of a table of `T`. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

/** A table of at most some hundred rows; longer ones are drawn row by row as they come into view. */
export const Table = <T,>({
  columns,
  rows,
  keyOf,
  label,
}: {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** What the table is of, for those who hear it. */
  readonly label: string;
}) => (
  <div className={styles['frame']}>
    <table className={styles['table']} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" className={isNumber ? styles['number'] : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, cell, isNumber }) => (
              <td key={title} className={isNumber ? styles['number'] : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
