import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { RunSummary } from '#shared/contract/run-views.ts';
import { useApi } from '../api/api-context.ts';
import { runsQuery } from '../api/run-queries.ts';
import { Button } from '../parts/button.tsx';
import { ButtonLink } from '../parts/button-link.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago, Took } from '../parts/times.tsx';

const columns: readonly Column<RunSummary>[] = [
  { title: 'Status', cell: ({ status }) => <StatusMark status={status} /> },
  {
    title: 'Job',
    cell: ({ runId, job }) => (
      <Link to={`/runs/${runId}`}>
        {job.name}
        {job.revision !== undefined && <span className="dim"> @{job.revision}</span>}
      </Link>
    ),
  },
  {
    title: 'Run',
    cell: ({ runId, attempt }) => <code>{attempt === 1 ? runId : `${runId} · attempt ${attempt}`}</code>,
  },
  { title: 'Started by', cell: ({ actor }) => actor },
  { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    title: 'Took',
    isNumber: true,
    cell: ({ startedAt, endedAt }) => (startedAt === undefined ? '' : <Took from={startedAt} to={endedAt} />),
  },
  { title: 'Why', cell: ({ reason, turn }) => reason ?? (turn === undefined ? '' : 'waits for its turn') },
];

const NoRuns = () => (
  <Empty>
    Nothing has run yet. <Link to="/jobs">Start a job</Link>, or <code>npx drover run start examples/rolling.yaml</code>
  </Empty>
);

/** All runs, newest first. */
export const RunsScreen = () => {
  const { client } = useApi();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(runsQuery(client));
  const runs = data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHead
        title="Runs"
        actions={
          <>
            <ButtonLink to="/exec">Run a command…</ButtonLink>
            <ButtonLink to="/jobs" kind="primary">
              Start a job…
            </ButtonLink>
          </>
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      <Panel>
        {runs === undefined && error === null && <Loading what="runs" />}
        {runs?.length === 0 && <NoRuns />}
        {runs !== undefined && runs.length > 0 && (
          <Table label="Runs" columns={columns} rows={runs} keyOf={({ runId }) => runId} />
        )}
      </Panel>
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older runs
        </Button>
      )}
    </>
  );
};
