import type { NodeRow } from '#shared/contract/run-views.ts';
import { stopText } from '#shared/format/stops-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const columns = (style: Style, withStops: boolean): readonly Column<NodeRow>[] => [
  { title: 'NODE', cell: (row) => row.nodeId },
  { title: 'NAME', cell: (row) => (row.name === row.nodeId ? '' : safeLine(row.name, 60)) },
  { title: 'PHASE', cell: (row) => `${row.group}/${row.phase}` },
  { title: 'ROUND', cell: (row) => (row.round > 0 ? String(row.round) : ''), align: 'right' },
  { title: 'STATUS', cell: (row) => row.status, paint: (row, text) => style.status(row.status, text) },
  ...(withStops ? [{ title: 'STOP', cell: (row: NodeRow) => stopText(row.stop) }] : []),
  { title: 'OPERATION', cell: (row) => row.operation ?? '' },
  { title: 'EXIT', cell: (row) => (row.exitCode === null ? '' : String(row.exitCode)), align: 'right' },
  { title: 'TOOK', cell: (row) => (row.durationMs === null ? '' : formatDuration(row.durationMs)), align: 'right' },
  { title: 'WHY', cell: (row) => safeLine(row.reason ?? '', 120) },
];

/** Nodes per phase as a table; with what is known of stopped ones when there are any. */
export const nodeRowsTable = (rows: readonly NodeRow[], style: Style): string =>
  renderTable(
    columns(
      style,
      rows.some((row) => row.stop !== null),
    ),
    rows,
    style,
  );
