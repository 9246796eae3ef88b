import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { DroverClient } from '#shared/client/client.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { useApi } from '../../api/api-context.ts';
import { ActionDialog, ReasonField } from './action-dialog.tsx';
import styles from './form.module.css';
import { useRunChange } from './run-change.ts';

interface DialogProps {
  readonly run: RunView;
  readonly onClose: () => void;
}

const withReason = (reason: string): { readonly reason?: string } =>
  reason.trim() === '' ? {} : { reason: reason.trim() };

/** Asks whether and how a run is stopped. */
export const AbortDialog = ({ run, onClose }: DialogProps) => {
  const { client } = useApi();
  const [reason, setReason] = useState('');
  const isDraining = run.control === 'drain';
  const [afterBatch, setAfterBatch] = useState(false);
  const abort = useRunChange(
    run.runId,
    () => client.abortRun(run.runId, { ...withReason(reason), ...(afterBatch ? { afterBatch } : {}) }),
    onClose,
  );
  return (
    <ActionDialog
      title={`Abort ${run.job.name}`}
      does={afterBatch ? 'End after the batches under way' : 'Stop it now'}
      kind="danger"
      isPending={abort.isPending}
      error={abort.error}
      onDo={() => abort.mutate()}
      onClose={onClose}
    >
      <fieldset className={styles['choices']}>
        <label className={styles['choice']}>
          <input type="radio" name="how" checked={!afterBatch} onChange={() => setAfterBatch(false)} />
          <span>
            Now: what runs on nodes is stopped, with all its children. Of each node it is recorded whether that is
            confirmed.
          </span>
        </label>
        {!isDraining && (
          <label className={styles['choice']}>
            <input type="radio" name="how" checked={afterBatch} onChange={() => setAfterBatch(true)} />
            <span>After the batches under way have gone through their operations. Nothing new starts.</span>
          </label>
        )}
      </fieldset>
      <ReasonField value={reason} onChange={setReason} />
    </ActionDialog>
  );
};

/** Asks whether what is left, or everything, runs again. */
export const ContinueDialog = ({ run, onClose, mode }: DialogProps & { readonly mode: 'continue' | 'force' }) => {
  const { client } = useApi();
  const go = useRunChange(run.runId, () => client.continueRun(run.runId, { mode }), onClose);
  const isAll = mode === 'force';
  return (
    <ActionDialog
      title={isAll ? `Run ${run.job.name} again` : `Continue ${run.job.name}`}
      does={isAll ? 'Run everything again' : `Start attempt ${run.attempt + 1}`}
      isPending={go.isPending}
      error={go.error}
      onDo={() => go.mutate()}
      onClose={onClose}
    >
      <p>
        {isAll
          ? 'All nodes begin at their first operation again, also those that succeeded, with the same params.'
          : 'What is left runs: nodes that did not succeed and were not ignored, each from its own next operation, with the same params.'}
      </p>
      <p className={styles['hint']}>Where the job asks for approval, it is asked for again.</p>
    </ActionDialog>
  );
};

/** The same request until all of it is gone: a large run takes several. */
const purgeAll = async (client: DroverClient, runId: RunId): Promise<void> => {
  while (!(await client.purgeRun(runId)).done);
};

/** Asks whether a run is removed for good. */
export const PurgeDialog = ({ run, onClose }: DialogProps) => {
  const { client } = useApi();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const purge = useMutation({
    mutationFn: () => purgeAll(client, run.runId),
    onSuccess: async () => {
      await navigate('/runs');
      cache.removeQueries({ queryKey: ['run', run.runId] });
      await cache.invalidateQueries({ queryKey: ['runs'] });
    },
  });
  return (
    <ActionDialog
      title="Remove this run?"
      does={purge.isPending ? 'Removing…' : 'Remove it for good'}
      kind="danger"
      isPending={purge.isPending}
      error={purge.error}
      onDo={() => purge.mutate()}
      onClose={onClose}
    >
      <p>
        Run <code>{run.runId}</code> of {run.job.name} is removed with all results and outputs, for good. What it cost
        stays in the costs.
      </p>
    </ActionDialog>
  );
};
