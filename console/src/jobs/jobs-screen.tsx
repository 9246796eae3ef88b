import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { JobSummary } from '#shared/contract/library-views.ts';
import { useApi } from '../api/api-context.ts';
import { jobsQuery } from '../api/job-queries.ts';
import { Button } from '../parts/button.tsx';
import { ButtonLink } from '../parts/button-link.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { SearchInput } from '../parts/search-input.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago } from '../parts/times.tsx';
import { jobPath, startPath } from './job-path.ts';

/** So many are drawn; a search finds the others. */
const shown = 200;

const columns: readonly Column<JobSummary>[] = [
  {
    title: 'Job',
    cell: ({ name, revision, removed }) => (
      <>
        {/* The address of a removed job names its revision: there is no latest one. */}
        <Link to={jobPath(name, removed ? Math.max(1, revision - 1) : undefined)}>{name}</Link>
        {removed && <span className="dim"> removed</span>}
      </>
    ),
  },
  { title: 'Revision', isNumber: true, cell: ({ revision }) => revision },
  { title: 'Description', cell: ({ description = '' }) => description },
  { title: 'By', cell: ({ actor }) => actor },
  { title: 'When', cell: ({ at }) => <Ago at={at} /> },
  { title: 'Why', cell: ({ comment = '' }) => comment },
  { title: 'Start', cell: ({ name, removed }) => (removed ? '' : <Link to={startPath(name)}>Start…</Link>) },
];

const NoJobs = () => (
  <Empty>
    No job is stored. <Link to="/jobs/new">Write one</Link>, or <code>npx drover job apply examples/rolling.yaml</code>
  </Empty>
);

/** Those whose name or description holds every word. */
const matching = (jobs: readonly JobSummary[], search: string): readonly JobSummary[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter(({ name, description = '' }) => {
    const text = `${name} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
};

/** Jobs that are stored, by name. */
export const JobsScreen = () => {
  const { client } = useApi();
  const [search, setSearch] = useSearchParams();
  const [removed, setRemoved] = useState(false);
  const query = useInfiniteQuery(jobsQuery(client, removed));
  const jobs = query.data?.pages.flatMap(({ items }) => items);
  const word = search.get('q') ?? '';
  const found = matching(jobs ?? [], word);
  return (
    <>
      <PageHead
        title="Jobs"
        actions={
          <ButtonLink kind="primary" to="/jobs/new">
            New job
          </ButtonLink>
        }
      />
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <Panel
        actions={
          <>
            <label>
              <input type="checkbox" checked={removed} onChange={({ target }) => setRemoved(target.checked)} /> removed
              ones too
            </label>
            <SearchInput
              label="Search jobs"
              text={word}
              onText={(text) => setSearch(text === '' ? {} : { q: text }, { replace: true })}
            />
          </>
        }
      >
        {jobs === undefined && query.error === null && <Loading what="jobs" />}
        {jobs?.length === 0 && <NoJobs />}
        {jobs !== undefined && jobs.length > 0 && found.length === 0 && <Empty>No job is called like that.</Empty>}
        {found.length > 0 && (
          <Table label="Jobs" columns={columns} rows={found.slice(0, shown)} keyOf={({ name }) => name} />
        )}
        {found.length > shown && <Empty>{`and ${found.length - shown} more: search for their names`}</Empty>}
      </Panel>
      {query.hasNextPage && (
        <div>
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            More jobs
          </Button>
        </div>
      )}
    </>
  );
};
