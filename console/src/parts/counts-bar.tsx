import { statusWords } from '#shared/format/status-words.ts';
import { nodeStatuses, type StatusCounts } from '#shared/model/status.ts';
import styles from './counts-bar.module.css';
import { statusColor } from './status-looks.ts';

/** Ended nodes first, as they came to their end; what has not begun is last. */
const order = nodeStatuses.toSorted((a, b) => Number(isOpen(a)) - Number(isOpen(b)));

function isOpen(status: (typeof nodeStatuses)[number]): boolean {
  return status === 'pending' || status === 'running' || status === 'waitingInput';
}

/** Counts of nodes in words, as `40 succeeded, 2 failed`. */
export const countsWords = (counts: StatusCounts): string =>
  nodeStatuses
    .filter((status) => (counts[status] ?? 0) > 0)
    .map((status) => `${counts[status]} ${statusWords(status)}`)
    .join(', ');

/** How many nodes have each status, as a bar of their colours. */
export const CountsBar = ({ counts, total }: { readonly counts: StatusCounts; readonly total: number }) => (
  <div
    className={styles['bar']}
    role="img"
    aria-label={countsWords(counts) || 'nothing yet'}
    title={countsWords(counts)}
  >
    {order.map((status) => {
      const count = counts[status] ?? 0;
      return count === 0 || status === 'pending' ? null : (
        <span
          key={status}
          className={styles['part']}
          style={{ width: `${(100 * count) / Math.max(total, 1)}%`, background: statusColor(status) }}
        />
      );
    })}
  </div>
);
