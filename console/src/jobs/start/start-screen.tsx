import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import type { JobView } from '#shared/contract/library-views.ts';
import { type Job, jobSchema } from '#shared/model/job.ts';
import { useApi } from '../../api/api-context.ts';
import { jobQuery } from '../../api/job-queries.ts';
import { NoSuchScreen } from '../../layout/broken-screen.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Loading } from '../../parts/states.tsx';
import { jobPath, readJobPath } from '../job-path.ts';
import { Starter } from './starter.tsx';

const StoredStart = ({ view }: { readonly view: JobView }) => {
  const job = useMemo((): Job => jobSchema.parse(view.job), [view.job]);
  const { name, revision, latest } = view;
  return (
    <>
      <PageHead
        title={
          <>
            Start <Link to={jobPath(name, latest ? undefined : revision)}>{name}</Link>
          </>
        }
        facts={
          <>
            <span>{`revision ${revision}${latest ? '' : ', an older one'}`}</span>
            {job.metadata.description !== undefined && <span>{job.metadata.description}</span>}
          </>
        }
      />
      <Starter job={job} reference={`${name}@${revision}`} />
    </>
  );
};

/** Starts a stored job, or one of its revisions: `/jobs/NAME@3/start`. */
export const StartScreen = () => {
  const reference = readJobPath(useParams()['job']);
  const { client } = useApi();
  const name = reference?.name ?? '';
  const { data, error, refetch } = useQuery({
    ...jobQuery(client, name, reference?.revision),
    enabled: reference !== undefined,
    // What is being filled in is for this revision, whatever is stored meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  });
  if (reference === undefined) return <NoSuchScreen />;
  if (data !== undefined) return <StoredStart key={data.etag} view={data.view} />;
  return error === null ? <Loading what={`job ${name}`} /> : <Failure error={error} onRetry={() => void refetch()} />;
};
