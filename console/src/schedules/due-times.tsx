import type { DueTimeView } from '#shared/contract/schedule-views.ts';
import { dueNote } from '#shared/format/schedule-words.ts';
import { timeText } from '#shared/format/time-text.ts';
import { useNow } from '../parts/clock.ts';
import { Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { inText } from './in-text.ts';
import styles from './schedules.module.css';

/** How long it is until then. */
export const Until = ({ at }: { readonly at: string }) => <>{inText(at, useNow(1000))}</>;

const columns: readonly Column<DueTimeView>[] = [
  { title: 'Local', cell: ({ local }) => <span className={styles['time']}>{local}</span> },
  { title: 'UTC', cell: ({ at }) => <span className={styles['time']}>{timeText(at)}</span> },
  { title: 'In', isNumber: true, cell: ({ at }) => <Until at={at} /> },
  { title: 'Note', cell: (due) => <span className={styles['note']}>{dueNote(due)}</span> },
];

/** Due times to come; what the clocks and blackouts do to them is marked. */
export const DueTimes = ({ dues }: { readonly dues: readonly DueTimeView[] }) =>
  dues.length === 0 ? (
    <Empty>Nothing is due any more.</Empty>
  ) : (
    <Table label="Due times to come" columns={columns} rows={dues} keyOf={({ at }) => at} />
  );
