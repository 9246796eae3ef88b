import { useState } from 'react';
import type { RunView } from '#shared/contract/run-views.ts';
import { dollars } from '#shared/format/dollars.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { PageHead } from '../parts/page-head.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { Ago, Took } from '../parts/times.tsx';
import { ActionButtons } from './actions/action-buttons.tsx';
import styles from './run-screen.module.css';

/** A text that is copied by a click. */
export const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  // Pages that are not served securely have no clipboard.
  if (!isSecureContext) return null;
  return (
    <button type="button" className={styles['copy']} aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {isCopied ? 'copied' : 'copy'}
    </button>
  );
};

const Cost = ({ run: { cost } }: { readonly run: RunView }) =>
  cost === undefined ? null : (
    <span title={`At list prices of ${cost.prices.region}, ${cost.prices.asOf}`}>{dollars(cost.usd)}</span>
  );

const Facts = ({ run }: { readonly run: RunView }) => {
  const current = run.attempts.at(-1);
  const endedAt = isTerminalRunStatus(run.status) ? (current?.endedAt ?? run.endedAt) : undefined;
  return (
    <>
      <span>
        <code>{run.runId}</code> <CopyButton text={run.runId} what="the run id" />
      </span>
      <span>
        by {current?.actor ?? run.actor}, <Ago at={current?.createdAt ?? run.createdAt} />
      </span>
      <span className={styles['steady']}>
        took <Took from={current?.startedAt ?? current?.createdAt ?? run.createdAt} to={endedAt} />
      </span>
      {run.attempt > 1 && <span>attempt {run.attempt}</span>}
      <Cost run={run} />
    </>
  );
};

/** What a run is, how it stands, and what can be done with it. */
export const RunHead = ({ run }: { readonly run: RunView }) => (
  <PageHead
    title={
      <span className={styles['title']}>
        {run.job.name}
        {run.job.revision !== undefined && <span className="dim">@{run.job.revision}</span>}
        <span className={styles['status']}>
          <StatusMark status={run.status} />
        </span>
      </span>
    }
    facts={<Facts run={run} />}
    actions={<ActionButtons run={run} />}
  />
);
