import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import type { NodeRow } from '#shared/contract/run-views.ts';
import { stopText } from '#shared/format/stops-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { StatusMark } from '../../parts/status-mark.tsx';
import { placeKey } from '../actions/mark-scopes.ts';
import styles from './nodes.module.css';

/** Height of a row, in pixels. */
const rowHeight = 31;

const titles = ['', 'Node', 'Phase', 'Round', 'Status', 'Operation', 'Exit', 'Took', 'Why'] as const;
const numbers: ReadonlySet<string> = new Set(['Round', 'Exit', 'Took']);

interface RowProps {
  readonly row: NodeRow;
  readonly index: number;
  readonly start: number;
  readonly isOpen: boolean;
  readonly isChosen: boolean;
  readonly onOpen: (nodeId: string) => void;
  readonly onChoose: (row: NodeRow) => void;
}

const whyText = ({ reason, stop }: NodeRow): string => reason ?? stopText(stop);

const Row = memo(({ row, index, start, isOpen, isChosen, onOpen, onChoose }: RowProps) => (
  <tr
    aria-rowindex={index + 2}
    aria-current={isOpen}
    className={`${styles['row']} ${isOpen ? styles['open'] : ''}`}
    style={{ transform: `translateY(${start}px)`, height: rowHeight }}
  >
    <td>
      <input
        type="checkbox"
        aria-label={`Choose ${row.name} in ${row.phase}`}
        checked={isChosen}
        onChange={() => onChoose(row)}
      />
    </td>
    <td>
      <button type="button" className={styles['node']} title={row.nodeId} onClick={() => onOpen(row.nodeId)}>
        {row.name}
      </button>
    </td>
    <td title={`${row.group}/${row.phase}`}>
      {row.group}/{row.phase}
    </td>
    <td className={styles['number']}>{row.round > 0 ? row.round : ''}</td>
    <td>
      <StatusMark status={row.status} />
    </td>
    <td className="mono">{row.operation ?? ''}</td>
    <td className={styles['number']}>{row.exitCode ?? ''}</td>
    <td className={styles['number']}>{row.durationMs === null ? '' : formatDuration(row.durationMs)}</td>
    <td title={whyText(row)} className="dim">
      {whyText(row)}
    </td>
  </tr>
));

/** Nodes in phases; only the rows in view are drawn, and more are asked for when the end comes near. */
export const NodesTable = ({
  rows,
  chosen,
  openNode,
  onOpen,
  onChoose,
  onNearEnd,
}: {
  readonly rows: readonly NodeRow[];
  /** Keys of chosen places. */
  readonly chosen: ReadonlySet<string>;
  readonly openNode: string | undefined;
  readonly onOpen: (nodeId: string) => void;
  readonly onChoose: (row: NodeRow) => void;
  readonly onNearEnd: () => void;
}) => {
  const box = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - 150) onNearEnd();
  }, [last, rows.length, onNearEnd]);
  return (
    <div ref={box} className={styles['scroll']}>
      <table aria-label="Nodes" aria-rowcount={rows.length + 1} className={styles['table']}>
        <thead>
          <tr className={styles['head']}>
            {titles.map((title) => (
              <th key={title} scope="col" className={numbers.has(title) ? styles['number'] : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: list.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = placeKey(row);
            return (
              <Row
                key={`${key} ${row.round}`}
                row={row}
                index={index}
                start={start}
                isOpen={row.nodeId === openNode}
                isChosen={chosen.has(key)}
                onOpen={onOpen}
                onChoose={onChoose}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
