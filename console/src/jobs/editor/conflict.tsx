import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Job } from '#shared/model/job.ts';
import { useApi } from '../../api/api-context.ts';
import { Button } from '../../parts/button.tsx';
import { DiffView } from '../../parts/diff-view.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/times.tsx';
import { jobPath } from '../job-path.ts';
import styles from './editor.module.css';

/** Somebody else's revision is stored under the name: what is different there, and what can be done. */
export const Conflict = ({
  job,
  isSaving,
  onSaveOver,
}: {
  readonly job: Job;
  readonly isSaving: boolean;
  readonly onSaveOver: (etag: string) => void;
}) => {
  const { client } = useApi();
  const { name } = job.metadata;
  const { data, error, refetch } = useQuery({
    queryKey: ['job-conflict', name, job],
    queryFn: async () => {
      const [{ view, etag }, { changesOf }] = await Promise.all([client.viewJob(name), import('./check-text.ts')]);
      return { view, etag, changes: changesOf({ label: `${name}@${view.revision}`, job: view.job }, job) };
    },
    gcTime: 0,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="what is stored" />;
  const { view, etag, changes } = data;
  return (
    <Panel
      title={`Nothing was saved: '${name}' is stored as revision ${view.revision}, which this text does not follow`}
    >
      <div className={styles['conflict']}>
        <p>
          Revision <Link to={jobPath(name, view.revision)}>{view.revision}</Link> is by {view.actor},{' '}
          <Ago at={view.at} />
          {view.comment !== undefined && <>: {view.comment}</>}. Take what you need of it over into your text, or give
          your job another name in <code>metadata.name</code>, and save again. To put your text in its place as it is,
          save over it; the revision stays in the history.
        </p>
        {changes === '' ? <p>Both say the same: there is nothing to save.</p> : null}
        <div>
          <Button kind="danger" disabled={isSaving || changes === ''} onClick={() => onSaveOver(etag)}>
            {`Save over revision ${view.revision}`}
          </Button>
        </div>
      </div>
      {changes !== '' && <DiffView diff={changes} label="What your text changes" />}
    </Panel>
  );
};
