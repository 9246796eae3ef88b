import { Link } from 'react-router';
import type { FiringView } from '#shared/contract/schedule-views.ts';
import styles from './schedules.module.css';

const words: Readonly<Partial<Record<FiringView['status'], string>>> = { blackedOut: 'blacked out' };

const looks: Readonly<Partial<Record<FiringView['status'], string>>> = {
  started: 'started',
  failed: 'failed',
  starting: '',
};

/** What became of a due time; the run where there is one. */
export const FiringMark = ({
  firing: { status, runId },
}: {
  readonly firing: Pick<FiringView, 'status' | 'runId'>;
}) => {
  const word = <span className={styles[looks[status] ?? 'other']}>{words[status] ?? status}</span>;
  return runId === undefined ? word : <Link to={`/runs/${runId}`}>{word}</Link>;
};
