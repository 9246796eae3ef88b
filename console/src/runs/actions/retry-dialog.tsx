import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { RetryPlace, RetryPreview, RunView } from '#shared/contract/run-views.ts';
import { counted } from '#shared/format/counted.ts';
import { runCounts } from '#shared/format/run-counts.ts';
import { statusWords } from '#shared/format/status-words.ts';
import { useApi } from '../../api/api-context.ts';
import { StatusMark } from '../../parts/status-mark.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { toggled } from '../nodes/node-filters.ts';
import { ActionDialog } from './action-dialog.tsx';
import styles from './form.module.css';
import { phasesOf, type RetryChoice, retryRequest, retryStatuses, toggleTerm } from './retry-terms.ts';
import { useRunChange } from './run-change.ts';

const columns: readonly Column<RetryPlace>[] = [
  { title: 'Node', cell: ({ name }) => name },
  { title: 'Phase', cell: ({ group, phase, round }) => `${group}/${phase}${round > 0 ? ` round ${round}` : ''}` },
  { title: 'Status', cell: ({ status }) => <StatusMark status={status} /> },
  { title: 'Exit', isNumber: true, cell: ({ exitCode }) => exitCode ?? '' },
  { title: 'From', cell: ({ operation, fromFirst }) => `${operation}${fromFirst ? ' (the first)' : ''}` },
];

const Preview = ({ preview: { total, items } }: { readonly preview: RetryPreview }) => (
  <>
    <p>
      {counted(total, 'node')} would run; a node counts once in each phase.
      {total > items.length && ` The first ${items.length}:`}
    </p>
    <div className={styles['preview']}>
      <Table
        label="What would run"
        columns={columns}
        rows={items.slice(0, 200)}
        keyOf={({ nodeId, group, phase, round }) => JSON.stringify([nodeId, group, phase, round])}
      />
    </div>
  </>
);

const WhichNodes = ({
  run,
  value,
  onChange,
}: {
  readonly run: RunView;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => {
  const counts = runCounts(run);
  return (
    <>
      <label className={styles['field']}>
        <span>Which nodes</span>
        <input
          className="mono"
          value={value}
          placeholder="failed,lost"
          // biome-ignore lint/a11y/noAutofocus: a dialog that was just asked for
          autoFocus
          onChange={({ target }) => onChange(target.value)}
        />
      </label>
      <div className={styles['chips']}>
        {retryStatuses
          .filter((status) => (counts[status] ?? 0) > 0)
          .map((status) => (
            <button
              key={status}
              type="button"
              className={styles['chip']}
              aria-pressed={value.split(',').includes(status)}
              onClick={() => onChange(toggleTerm(value, status))}
            >
              {counts[status]} {statusWords(status)}
            </button>
          ))}
      </div>
      <p className={styles['hint']}>
        A status, <code>exit=3</code>, <code>output~/no space/</code> (a line of what they printed), node ids or names;
        a comma means “or”.
      </p>
    </>
  );
};

const WhichPhases = ({
  run,
  chosen,
  onChange,
}: {
  readonly run: RunView;
  readonly chosen: readonly string[];
  readonly onChange: (phases: readonly string[]) => void;
}) => {
  const phases = phasesOf(run);
  if (phases.length < 2) return null;
  return (
    <fieldset className={styles['chips']} aria-label="Phases">
      <span className={styles['hint']}>{chosen.length === 0 ? 'In all phases, or only in' : 'Only in'}</span>
      {phases.map((phase) => (
        <button
          key={phase}
          type="button"
          className={styles['chip']}
          aria-pressed={chosen.includes(phase)}
          onClick={() => onChange(toggled(chosen, phase))}
        >
          {phase}
        </button>
      ))}
    </fieldset>
  );
};

/** What the person has chosen so far; another choice forgets what was shown, because what was shown is what is started. */
const useRetry = (run: RunView, given: RetryChoice | undefined, onDone: () => void) => {
  const { client } = useApi();
  const [choice, setChoice] = useState<RetryChoice>(given ?? { nodes: '', force: false, phases: [] });
  const request = retryRequest(choice);
  const preview = useMutation({ mutationFn: () => client.previewRetry(run.runId, request) });
  const retry = useRunChange(run.runId, () => client.retryRun(run.runId, request), onDone);
  const change = (changes: Partial<RetryChoice>): void => {
    setChoice({ ...choice, ...changes });
    preview.reset();
    retry.reset();
  };
  return { choice, change, preview, retry };
};

/** Asks which nodes run again, shows which these are, and then starts them. */
export const RetryDialog = ({
  run,
  given,
  onClose,
}: {
  readonly run: RunView;
  /** What is chosen already. */
  readonly given?: RetryChoice;
  readonly onClose: () => void;
}) => {
  const { choice, change, preview, retry } = useRetry(run, given, onClose);
  const shown = preview.data;
  return (
    <ActionDialog
      title={`Retry nodes of ${run.job.name}`}
      does={shown === undefined ? 'Show which' : `Run ${counted(shown.total, 'node')} again`}
      isPending={preview.isPending || retry.isPending}
      isBlocked={choice.nodes.trim() === '' || shown?.total === 0}
      error={retry.error ?? preview.error}
      onDo={() => (shown === undefined ? preview.mutate() : retry.mutate())}
      onClose={onClose}
    >
      <WhichNodes run={run} value={choice.nodes} onChange={(nodes) => change({ nodes })} />
      <WhichPhases run={run} chosen={choice.phases} onChange={(phases) => change({ phases })} />
      <label className={styles['choice']}>
        <input type="checkbox" checked={choice.force} onChange={({ target }) => change({ force: target.checked })} />
        <span>Each from its first operation</span>
      </label>
      {shown !== undefined && <Preview preview={shown} />}
      <p className={styles['hint']}>What comes after in the job is not run: that is what continue is for.</p>
    </ActionDialog>
  );
};
