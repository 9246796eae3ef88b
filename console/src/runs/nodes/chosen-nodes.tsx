import { useState } from 'react';
import type { NodeRow, RunView } from '#shared/contract/run-views.ts';
import { Button } from '../../parts/button.tsx';
import { MarkDialog, type MarkWord } from '../actions/mark-dialog.tsx';
import { RetryDialog } from '../actions/retry-dialog.tsx';
import { choiceOf } from '../actions/retry-terms.ts';
import { actionsOf } from '../actions/run-actions.ts';
import styles from './nodes.module.css';

/** What can be done with the nodes that are ticked; nothing while none is. */
export const ChosenNodes = ({
  run,
  rows,
  onAll,
  onNone,
}: {
  readonly run: RunView;
  readonly rows: readonly NodeRow[];
  readonly onAll: () => void;
  readonly onNone: () => void;
}) => {
  const [asked, setAsked] = useState<MarkWord | 'retry'>();
  if (rows.length === 0) return null;
  const actions = actionsOf(run);
  const close = (): void => setAsked(undefined);
  const done = (): void => {
    close();
    onNone();
  };
  return (
    <div className={styles['chosen']}>
      {rows.length} chosen
      <Button onClick={onAll}>All that are listed</Button>
      <Button onClick={onNone}>None</Button>
      {actions.includes('retry') && <Button onClick={() => setAsked('retry')}>Retry…</Button>}
      {actions.includes('mark') ? (
        <>
          <Button onClick={() => setAsked('ignore')}>Ignore…</Button>
          <Button onClick={() => setAsked('reset')}>Reset…</Button>
        </>
      ) : (
        <span className="dim">Nodes are ignored or reset only while nothing runs: pause the run first.</span>
      )}
      {asked === 'retry' && <RetryDialog run={run} given={choiceOf(rows)} onClose={close} />}
      {(asked === 'ignore' || asked === 'reset') && (
        <MarkDialog runId={run.runId} rows={rows} word={asked} onClose={close} onDone={done} />
      )}
    </div>
  );
};
