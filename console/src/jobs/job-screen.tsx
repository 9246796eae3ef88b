import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { JobView } from '#shared/contract/library-views.ts';
import { type Job, jobSchema } from '#shared/model/job.ts';
import { useApi } from '../api/api-context.ts';
import { jobQuery } from '../api/job-queries.ts';
import { NoSuchScreen } from '../layout/broken-screen.tsx';
import { Ask } from '../parts/ask.tsx';
import { Button } from '../parts/button.tsx';
import { ButtonLink } from '../parts/button-link.tsx';
import { Facts } from '../parts/facts.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loading } from '../parts/states.tsx';
import { Ago } from '../parts/times.tsx';
import { JobParts } from './job-parts.tsx';
import { editPath, jobPath, readJobPath, scheduleItPath, startPath } from './job-path.ts';
import { RunsOfJob, SchedulesOfJob } from './job-uses.tsx';
import { targetsText } from './outline.ts';
import { Revisions } from './revisions.tsx';

const Definition = lazy(async () => ({ default: (await import('./definition.tsx')).Definition }));

/** Asks, and removes a job unless somebody changed it since it was shown. */
const RemoveJob = (props: { readonly name: string; readonly etag: string; readonly onClose: () => void }) => {
  const { name, etag, onClose } = props;
  const { client } = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: (comment: string) => client.removeJob(name, comment === '' ? {} : { comment }, { ifMatch: etag }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['jobs'] });
      queries.removeQueries({ queryKey: ['job', name] });
      await navigate('/jobs');
    },
  });
  return (
    <Ask
      question={{
        title: `Remove ${name}?`,
        text: 'It cannot be started any more, and schedules that start it will fail. Its revisions stay readable, because runs refer to them.',
        act: 'Remove it',
        kind: 'danger',
        reason: 'Why, for the history (optional)',
      }}
      isPending={remove.isPending}
      error={remove.error}
      onAct={(comment) => remove.mutate(comment)}
      onClose={onClose}
    />
  );
};

const stateOf = ({ removed, latest }: JobView): string =>
  removed ? 'removed since' : latest ? 'latest' : 'an older one';

const JobHead = ({ view, etag }: { readonly view: JobView; readonly etag: string }) => {
  const [isRemoving, setIsRemoving] = useState(false);
  const { name, revision, removed, latest, actor, at, comment } = view;
  return (
    <>
      <PageHead
        title={name}
        facts={
          <>
            <span>{`revision ${revision} (${stateOf(view)})`}</span>
            <span>
              by {actor}, <Ago at={at} />
            </span>
            {comment !== undefined && <span>{comment}</span>}
            {!latest && !removed && <Link to={jobPath(name)}>See the latest</Link>}
          </>
        }
        actions={
          !removed && (
            <>
              <ButtonLink kind="primary" to={startPath(name, latest ? undefined : revision)}>
                Start…
              </ButtonLink>
              <ButtonLink to={scheduleItPath(name)}>Schedule it…</ButtonLink>
              {latest && <ButtonLink to={editPath(name)}>Change</ButtonLink>}
              {latest && (
                <Button kind="danger" onClick={() => setIsRemoving(true)}>
                  Remove
                </Button>
              )}
            </>
          )
        }
      />
      {isRemoving && <RemoveJob name={name} etag={etag} onClose={() => setIsRemoving(false)} />}
    </>
  );
};

const About = ({ view, job }: { readonly view: JobView; readonly job: Job }) => {
  const { description, labels = {} } = job.metadata;
  const { targets, concurrency, approval } = job.spec;
  return (
    <Panel>
      <Facts
        facts={[
          ['Description', description],
          [
            'Labels',
            Object.entries(labels)
              .map(([key, value]) => `${key}=${value}`)
              .join(' '),
          ],
          ['Targets', targetsText(targets) ?? 'each group says its own'],
          [
            'Runs at once',
            concurrency === undefined ? undefined : `${concurrency.limit} of one key, else ${concurrency.policy}`,
          ],
          ['Approval', approval === undefined ? undefined : JSON.stringify(approval)],
          ['Digest', <code key="digest">{view.digest.slice(0, 12)}</code>],
        ]}
      />
    </Panel>
  );
};

const StoredJob = ({ view, etag }: { readonly view: JobView; readonly etag: string }) => {
  const job = useMemo((): Job => jobSchema.parse(view.job), [view.job]);
  return (
    <>
      <JobHead view={view} etag={etag} />
      <About view={view} job={job} />
      <JobParts job={job} />
      <Panel title="Definition">
        <Suspense fallback={<Loading what="the definition" />}>
          <Definition document={view.job} label="Definition as YAML" />
        </Suspense>
      </Panel>
      <Revisions name={view.name} current={view.revision} />
      <SchedulesOfJob name={view.name} />
      <RunsOfJob name={view.name} />
    </>
  );
};

/** A stored job, or one of its revisions (`/jobs/NAME@3`). */
export const JobScreen = () => {
  const reference = readJobPath(useParams()['job']);
  const { client } = useApi();
  const name = reference?.name ?? '';
  const { data, error, refetch } = useQuery({
    ...jobQuery(client, name, reference?.revision),
    enabled: reference !== undefined,
  });
  if (reference === undefined) return <NoSuchScreen />;
  if (data !== undefined) return <StoredJob view={data.view} etag={data.etag} />;
  return error === null ? <Loading what={`job ${name}`} /> : <Failure error={error} onRetry={() => void refetch()} />;
};
