import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { RetryPlace, RetryPreview, RunView } from '#shared/contract/run-views.ts';
import { runCounts } from '#shared/format/run-counts.ts';
import { statusWords } from '#shared/format/status-words.ts';
import { useApi } from '../../api/api-context.ts';
import { StatusMark } from '../../parts/status-mark.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { ActionDialog } from './action-dialog.tsx';
import styles from './form.module.css';
import { retryStatuses, toggleTerm } from './retry-terms.ts';
import { useRunChange } from './run-change.ts';

const columns: readonly Column<RetryPlace>[] = [
  { title: 'Node', cell: ({ name }) => name },
  { title: 'Phase', cell: ({ group, phase, round }) => `${group}/${phase}${round > 0 ? ` round ${round}` : ''}` },
  { title: 'Status', cell: ({ status }) => <StatusMark status={status} /> },
  { title: 'Exit', isNumber: true, cell: ({ exitCode }) => exitCode ?? '' },
  { title: 'From', cell: ({ operation, fromFirst }) => `${operation}${fromFirst ? ' (the first)' : ''}` },
];

const placesText = (total: number): string => (total === 1 ? '1 node' : `${total} nodes`);

const Preview = ({ preview: { total, items } }: { readonly preview: RetryPreview }) => (
  <>
    <p>
      {placesText(total)} would run; a node counts once in each phase.
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

/** Asks which nodes run again, shows which these are, and then starts them. */
export const RetryDialog = ({
  run,
  initial,
  onClose,
}: {
  readonly run: RunView;
  readonly initial: string;
  readonly onClose: () => void;
}) => {
  const { client } = useApi();
  const [nodes, setNodes] = useState(initial);
  const [force, setForce] = useState(false);
  const preview = useMutation({ mutationFn: () => client.previewRetry(run.runId, { nodes: nodes.trim(), force }) });
  const retry = useRunChange(run.runId, () => client.retryRun(run.runId, { nodes: nodes.trim(), force }), onClose);
  // What was shown is what is started: another choice is looked at again.
  const forget = (): void => {
    preview.reset();
    retry.reset();
  };
  const shown = preview.data;
  return (
    <ActionDialog
      title={`Retry nodes of ${run.job.name}`}
      does={shown === undefined ? 'Show which' : `Run ${placesText(shown.total)} again`}
      isPending={preview.isPending || retry.isPending}
      isBlocked={nodes.trim() === '' || shown?.total === 0}
      error={retry.error ?? preview.error}
      onDo={() => (shown === undefined ? preview.mutate() : retry.mutate())}
      onClose={onClose}
    >
      <WhichNodes
        run={run}
        value={nodes}
        onChange={(value) => {
          setNodes(value);
          forget();
        }}
      />
      <label className={styles['choice']}>
        <input
          type="checkbox"
          checked={force}
          onChange={({ target }) => {
            setForce(target.checked);
            forget();
          }}
        />
        <span>Each from its first operation</span>
      </label>
      {shown !== undefined && <Preview preview={shown} />}
      <p className={styles['hint']}>What comes after in the job is not run: that is what continue is for.</p>
    </ActionDialog>
  );
};
