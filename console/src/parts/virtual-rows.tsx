import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './virtual-rows.module.css';

/** A column of a long table. `width` is what CSS grid takes for a column. */
export interface WideColumn<T> {
  readonly title: string;
  readonly width: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

const rowHeight = 33;

interface VirtualRowsProps<T> {
  readonly label: string;
  readonly columns: readonly WideColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Asked for when the last rows come into view; absent when there are no more. */
  readonly onEnd?: (() => void) | undefined;
  /** Key of the row that is chosen. */
  readonly chosen?: string | undefined;
  readonly onChoose?: ((row: T) => void) | undefined;
}

/** A table of any length: rows are drawn when they come into view. */
export const VirtualRows = <T,>(props: VirtualRowsProps<T>) => {
  const { label, columns, rows, keyOf, onEnd } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd !== undefined && lastSeen >= rows.length - 40) onEnd();
  }, [onEnd, lastSeen, rows.length]);
  const template = columns.map(({ width }) => width).join(' ');
  return (
    <div ref={box} className={styles['box']} role="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div className={styles['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {columns.map(({ title, isNumber }) => (
          <span key={title} role="columnheader" className={isNumber ? styles['number'] : undefined}>
            {title}
          </span>
        ))}
      </div>
      <div role="rowgroup" className={styles['rows']} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <Row key={keyOf(row)} {...props} row={row} index={index} start={start} template={template} />
          );
        })}
      </div>
    </div>
  );
};

const Row = <T,>({
  ...props
}: VirtualRowsProps<T> & {
  readonly row: T;
  readonly index: number;
  readonly start: number;
  readonly template: string;
}) => {
  const { row, index, start, template, columns, keyOf, chosen, onChoose } = props;
  const isChosen = chosen !== undefined && keyOf(row) === chosen;
  const choose = onChoose === undefined ? undefined : () => onChoose(row);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onChoose === undefined ? undefined : isChosen}
      tabIndex={onChoose === undefined ? undefined : 0}
      className={`${styles['row']} ${isChosen ? styles['chosen'] : ''} ${choose === undefined ? '' : styles['clickable']}`}
      style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${start}px)` }}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key === 'Enter') choose?.();
      }}
    >
      {columns.map(({ title, cell, isNumber }) => (
        <span key={title} role="cell" className={isNumber ? styles['number'] : undefined}>
          {cell(row)}
        </span>
      ))}
    </div>
  );
};
