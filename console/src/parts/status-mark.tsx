import { statusWords } from '#shared/format/status-words.ts';
import type { NodeStatus, PhaseStatus, RunStatus } from '#shared/model/status.ts';
import { statusColor, statusSign } from './status-looks.ts';
import styles from './status-mark.module.css';

/** A status: its sign in its colour, and its word. */
export const StatusMark = ({ status }: { readonly status: NodeStatus | PhaseStatus | RunStatus }) => (
  <span className={styles['mark']}>
    <span aria-hidden className={styles['sign']} style={{ color: statusColor(status) }}>
      {statusSign(status)}
    </span>
    {statusWords(status)}
  </span>
);
