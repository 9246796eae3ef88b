import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { RunSummary } from '#shared/contract/run-views.ts';
import type { ScheduleSummary } from '#shared/contract/schedule-views.ts';
import { ruleText } from '#shared/format/schedule-words.ts';
import { readJobReference } from '#shared/library/job-reference.ts';
import { useApi } from '../api/api-context.ts';
import { runsLookedThrough, runsOfJobQuery } from '../api/job-queries.ts';
import { schedulesQuery } from '../api/schedule-queries.ts';
import { Failure } from '../parts/failure.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago, Took } from '../parts/times.tsx';
import { schedulePath } from '../schedules/schedule-path.ts';
import { scheduleItPath } from './job-path.ts';

const runColumns: readonly Column<RunSummary>[] = [
  { title: 'Status', cell: ({ status }) => <StatusMark status={status} /> },
  {
    title: 'Run',
    cell: ({ runId }) => (
      <Link to={`/runs/${runId}`}>
        <code>{runId}</code>
      </Link>
    ),
  },
  { title: 'Revision', isNumber: true, cell: ({ job }) => job.revision ?? '' },
  { title: 'Started by', cell: ({ actor }) => actor },
  { title: 'Created', cell: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    title: 'Took',
    isNumber: true,
    cell: ({ startedAt, endedAt }) => (startedAt === undefined ? '' : <Took from={startedAt} to={endedAt} />),
  },
];

/** The runs of a job among the newest of all. */
export const RunsOfJob = ({ name }: { readonly name: string }) => {
  const { client } = useApi();
  const { data, error, refetch } = useQuery(runsOfJobQuery(client, name));
  return (
    <Panel title="Recent runs" actions={<span className="dim">{`among the newest ${runsLookedThrough} of all`}</span>}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading what="runs" />}
      {data?.length === 0 && <Empty>None of them is of this job.</Empty>}
      {data !== undefined && data.length > 0 && (
        <Table label="Recent runs" columns={runColumns} rows={data.slice(0, 20)} keyOf={({ runId }) => runId} />
      )}
    </Panel>
  );
};

const scheduleColumns: readonly Column<ScheduleSummary>[] = [
  { title: 'Schedule', cell: ({ name }) => <Link to={schedulePath(name)}>{name}</Link> },
  { title: 'When', cell: (one) => <code>{ruleText(one)}</code> },
  { title: 'Job', cell: ({ job }) => job },
  { title: 'Next', cell: ({ enabled, next }) => (enabled ? (next?.local ?? 'never') : 'paused') },
];

/** The schedules that start a job. */
export const SchedulesOfJob = ({ name }: { readonly name: string }) => {
  const { client } = useApi();
  const { data, error, refetch } = useQuery(schedulesQuery(client));
  const some = data?.filter(({ job }) => readJobReference(job)?.name === name);
  return (
    <Panel title="Schedules" actions={<Link to={scheduleItPath(name)}>Schedule it…</Link>}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {some === undefined && error === null && <Loading what="schedules" />}
      {some?.length === 0 && <Empty>No schedule starts it.</Empty>}
      {some !== undefined && some.length > 0 && (
        <Table label="Schedules" columns={scheduleColumns} rows={some} keyOf={(one) => one.name} />
      )}
    </Panel>
  );
};
