import { useState } from 'react';
import type { RunView } from '#shared/contract/run-views.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { AbortDialog, ContinueDialog, PurgeDialog } from './control-dialogs.tsx';
import { RetryDialog } from './retry-dialog.tsx';
import { actionsOf, type RunAction } from './run-actions.ts';
import { useRunChange } from './run-change.ts';

/** Buttons of the head; marking nodes stands where nodes are chosen. */
type ButtonAction = Exclude<RunAction, 'mark'>;

const looks: Readonly<Record<ButtonAction, readonly [name: string, kind: 'plain' | 'primary' | 'danger']>> = {
  pause: ['Pause', 'plain'],
  resume: ['Resume', 'primary'],
  abort: ['Abort…', 'danger'],
  continue: ['Continue…', 'primary'],
  again: ['Run again…', 'plain'],
  retry: ['Retry nodes…', 'plain'],
  purge: ['Remove…', 'danger'],
};

const isButton = (action: RunAction): action is ButtonAction => action !== 'mark';

const OpenDialog = (props: { readonly run: RunView; readonly action: ButtonAction; readonly onClose: () => void }) => {
  const { action, run, onClose } = props;
  if (action === 'abort') return <AbortDialog run={run} onClose={onClose} />;
  if (action === 'purge') return <PurgeDialog run={run} onClose={onClose} />;
  if (action === 'retry') return <RetryDialog run={run} onClose={onClose} />;
  return <ContinueDialog run={run} onClose={onClose} mode={action === 'again' ? 'force' : 'continue'} />;
};

/** What can be done with a run as it stands. */
export const ActionButtons = ({ run }: { readonly run: RunView }) => {
  const { client } = useApi();
  const [asked, setAsked] = useState<ButtonAction>();
  const control = useRunChange(run.runId, (action: 'pause' | 'resume') =>
    action === 'pause' ? client.pauseRun(run.runId) : client.resumeRun(run.runId),
  );
  const act = (action: ButtonAction): void => {
    if (action === 'pause' || action === 'resume') control.mutate(action);
    else setAsked(action);
  };
  return (
    <>
      {actionsOf(run)
        .filter(isButton)
        .map((action) => (
          <Button
            key={action}
            kind={looks[action][1]}
            disabled={control.isPending && (action === 'pause' || action === 'resume')}
            onClick={() => act(action)}
          >
            {looks[action][0]}
          </Button>
        ))}
      {control.error !== null && <Failure error={control.error} />}
      {asked !== undefined && <OpenDialog run={run} action={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
};
