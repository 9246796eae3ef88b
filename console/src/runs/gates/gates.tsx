import type { RunView } from '#shared/contract/run-views.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import styles from './gates.module.css';
import { OpenGate } from './open-gate.tsx';
import { Votes } from './votes.tsx';

/** Where a run waits for people, and where people have decided. */
export const Gates = ({ run }: { readonly run: RunView }) => {
  const isOpen = ({ status }: RunView['gates'][number]): boolean =>
    status === 'open' && !isTerminalRunStatus(run.status);
  const open = run.gates.filter(isOpen);
  const decided = run.gates.filter((gate) => !isOpen(gate));
  return (
    <>
      {open.map((gate) => (
        <OpenGate key={`${gate.attempt} ${gate.gateId}`} runId={run.runId} gate={gate} />
      ))}
      {decided.length > 0 && (
        <details className={styles['decided']}>
          <summary>{decided.length === 1 ? '1 gate' : `${decided.length} gates`} decided</summary>
          <ul>
            {decided.map((gate) => (
              <li key={`${gate.attempt} ${gate.gateId}`}>
                <span title={gate.gateId}>{gate.message}</span> <strong>{gate.status}</strong>
                <Votes gate={gate} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
};
