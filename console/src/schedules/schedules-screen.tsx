import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import type { ScheduleSummary } from '#shared/contract/schedule-views.ts';
import { firingReason, ruleText } from '#shared/format/schedule-words.ts';
import { readJobReference } from '#shared/library/job-reference.ts';
import { useApi } from '../api/api-context.ts';
import { schedulesQuery } from '../api/schedule-queries.ts';
import { jobPath } from '../jobs/job-path.ts';
import { ButtonLink } from '../parts/button-link.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { SearchInput } from '../parts/search-input.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago } from '../parts/times.tsx';
import { Until } from './due-times.tsx';
import { FiringMark } from './firing-mark.tsx';
import { schedulePath } from './schedule-path.ts';
import styles from './schedules.module.css';

/** So many are drawn; a search finds the others. */
const shown = 300;

/** A stored job as a link. */
export const JobLink = ({ job }: { readonly job: string }) => {
  const reference = readJobReference(job);
  return reference === undefined ? job : <Link to={jobPath(reference.name, reference.revision)}>{job}</Link>;
};

const columns: readonly Column<ScheduleSummary>[] = [
  { title: 'Schedule', cell: ({ name }) => <Link to={schedulePath(name)}>{name}</Link> },
  { title: 'Job', cell: ({ job }) => <JobLink job={job} /> },
  { title: 'When', cell: (one) => <code>{ruleText(one)}</code> },
  {
    title: 'Next',
    cell: ({ enabled, next }) =>
      enabled ? (
        <span className={styles['time']}>{next?.local ?? 'never'}</span>
      ) : (
        <span className={styles['other']}>paused</span>
      ),
  },
  {
    title: 'In',
    isNumber: true,
    cell: ({ enabled, next }) => (enabled && next !== undefined ? <Until at={next.at} /> : ''),
  },
  { title: 'Overlap', cell: ({ overlap }) => overlap },
  { title: 'Last due', cell: ({ last }) => (last === undefined ? '' : <Ago at={last.dueAt} />) },
  {
    title: 'What became of it',
    cell: ({ last }) =>
      last === undefined ? (
        ''
      ) : (
        <>
          <FiringMark firing={last} /> <span className="dim">{firingReason(last)}</span>
        </>
      ),
  },
];

const NoSchedules = () => (
  <Empty>
    Nothing is started by the clock. <Link to="/schedules/new">Make a schedule</Link>, or{' '}
    <code>npx drover schedule put nightly --job JOB --cron '0 2 * * *'</code>
  </Empty>
);

/** All schedules, with what is due next and what became of the last due time. */
export const SchedulesScreen = () => {
  const { client } = useApi();
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch } = useQuery(schedulesQuery(client));
  const word = (search.get('q') ?? '').toLowerCase();
  const found = data?.filter(({ name, job }) => `${name} ${job}`.toLowerCase().includes(word)) ?? [];
  return (
    <>
      <PageHead
        title="Schedules"
        actions={
          <ButtonLink kind="primary" to="/schedules/new">
            New schedule
          </ButtonLink>
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      <Panel
        actions={
          <SearchInput
            label="Search schedules and jobs"
            text={search.get('q') ?? ''}
            onText={(text) => setSearch(text === '' ? {} : { q: text }, { replace: true })}
          />
        }
      >
        {data === undefined && error === null && <Loading what="schedules" />}
        {data?.length === 0 && <NoSchedules />}
        {data !== undefined && data.length > 0 && found.length === 0 && <Empty>None is called like that.</Empty>}
        {found.length > 0 && (
          <Table label="Schedules" columns={columns} rows={found.slice(0, shown)} keyOf={({ name }) => name} />
        )}
        {found.length > shown && <Empty>{`and ${found.length - shown} more: search for their names`}</Empty>}
      </Panel>
    </>
  );
};
