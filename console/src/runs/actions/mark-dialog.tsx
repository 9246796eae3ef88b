import { useState } from 'react';
import { foldNames } from '#shared/client/fold-names.ts';
import type { NodeRow } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { useApi } from '../../api/api-context.ts';
import { ActionDialog, ReasonField } from './action-dialog.tsx';
import { markScopes } from './mark-scopes.ts';
import { useRunChange } from './run-change.ts';

/** What an operator says of nodes by hand. */
export type MarkWord = 'ignore' | 'reset';

const explained: Readonly<Record<MarkWord, string>> = {
  ignore:
    'What happened there is taken as settled: it counts as ignored, for progress, for budgets and for continue. Reset takes it back.',
  reset:
    'What is known of them in these phases is forgotten, so that the next continue runs their operations again from the first.',
};

/** Asks why chosen nodes are ignored or reset. */
export const MarkDialog = ({
  runId,
  rows,
  word,
  onClose,
  onDone,
}: {
  readonly runId: RunId;
  readonly rows: readonly NodeRow[];
  readonly word: MarkWord;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) => {
  const { client } = useApi();
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    for (const only of markScopes(rows))
      if (word === 'ignore') await client.ignoreNodes(runId, { reason: reason.trim(), only });
      else await client.resetNodes(runId, { ...(reason.trim() === '' ? {} : { reason: reason.trim() }), only });
  };
  const mark = useRunChange(runId, send, onDone);
  const places = Map.groupBy(rows, ({ group, phase }) => `${group}/${phase}`);
  return (
    <ActionDialog
      title={word === 'ignore' ? 'Ignore nodes' : 'Reset nodes'}
      does={word === 'ignore' ? `Ignore ${rows.length}` : `Reset ${rows.length}`}
      isPending={mark.isPending}
      isBlocked={word === 'ignore' && reason.trim() === ''}
      error={mark.error}
      onDo={() => mark.mutate()}
      onClose={onClose}
    >
      <ul>
        {[...places].map(([place, some]) => (
          <li key={place}>
            {place}: {foldNames(some.map(({ name }) => name)).join(' ')}
          </li>
        ))}
      </ul>
      <p>{explained[word]}</p>
      <ReasonField value={reason} onChange={setReason} isNeeded={word === 'ignore'} />
    </ActionDialog>
  );
};
