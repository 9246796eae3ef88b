import { Link } from 'react-router';
import type { TurnView, WaitView } from '#shared/contract/lock-views.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import { counted } from '#shared/format/counted.ts';
import { stopsText } from '#shared/format/stops-text.ts';
import { Ago } from '../parts/times.tsx';
import styles from './run-screen.module.css';

/** Waits are told one by one up to here. */
const mostWaits = 5;

const Turn = ({ turn: { key, place, behind, limit } }: { readonly turn: TurnView }) => {
  const before = behind.at(-1);
  return (
    <li>
      Waits for its turn: place {place ?? 1}
      {before !== undefined && (
        <>
          {' '}
          behind <Link to={`/runs/${before.runId}`}>{before.job}</Link> by {before.actor}
        </>
      )}{' '}
      <span className="dim">
        (key {key}, {limit} at once)
      </span>
    </li>
  );
};

const Wait = ({ wait: { group, phase, nodes, message, since } }: { readonly wait: WaitView }) => (
  <li>
    {counted(nodes, 'node')} of {group}/{phase}: {message}{' '}
    <span className="dim">
      since <Ago at={since} />
    </span>
  </li>
);

/** Why a run stands as it does: its reason, what it waits for, what is known of stopped nodes. Nothing when there is nothing to say. */
export const RunNotices = ({ run }: { readonly run: RunView }) => {
  const { reason, turn, waits = [], stops } = run;
  const stopped = stopsText(stops);
  const isWaiting = turn?.state === 'waiting';
  const isQuiet = reason === undefined && !isWaiting && waits.length === 0 && stopped === '';
  if (isQuiet) return null;
  return (
    <ul className={styles['notices']} aria-label="Why">
      {reason !== undefined && <li>{reason}</li>}
      {isWaiting && <Turn turn={turn} />}
      {waits.slice(0, mostWaits).map((wait) => (
        <Wait key={wait.batchId} wait={wait} />
      ))}
      {waits.length > mostWaits && <li>{waits.length - mostWaits} more batches wait</li>}
      {stopped !== '' && <li>Stopped nodes: {stopped}</li>}
    </ul>
  );
};
