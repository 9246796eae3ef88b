import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import type { JobChange } from '#shared/contract/library-views.ts';
import { useApi } from '../api/api-context.ts';
import { jobChangesQuery } from '../api/job-queries.ts';
import { Button } from '../parts/button.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { Failure } from '../parts/failure.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago } from '../parts/times.tsx';
import { jobPath } from './job-path.ts';

/** What differs between two revisions. */
const Difference = (props: { readonly name: string; readonly from: number; readonly to: number }) => {
  const { name, from, to } = props;
  const { client } = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['job-diff', name, from, to],
    queryFn: async () => {
      const [before, after, { toYaml }, { unifiedDiff }] = await Promise.all([
        client.viewJob(name, { revision: from }),
        client.viewJob(name, { revision: to }),
        import('#shared/format/to-yaml.ts'),
        import('#shared/format/text-diff.ts'),
      ]);
      return unifiedDiff(
        { label: `${name}@${from}`, text: toYaml(before.view.job) },
        { label: `${name}@${to}`, text: toYaml(after.view.job) },
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the difference" />;
  const label = `From revision ${from} to ${to}`;
  return (
    <Panel title={label}>
      {data === '' ? <Empty>Both say the same.</Empty> : <DiffView diff={data} label={label} />}
    </Panel>
  );
};

const columnsFor = (
  name: string,
  current: number,
  onCompare: (change: JobChange) => void,
): readonly Column<JobChange>[] => [
  {
    title: 'Revision',
    cell: ({ revision, action }) =>
      action === 'put' ? (
        <Link to={jobPath(name, revision)} aria-current={revision === current ? 'page' : undefined}>
          {revision}
        </Link>
      ) : (
        revision
      ),
  },
  { title: 'What', cell: ({ action }) => (action === 'put' ? 'applied' : 'removed') },
  { title: 'By', cell: ({ actor }) => actor },
  { title: 'When', cell: ({ at }) => <Ago at={at} /> },
  { title: 'Why', cell: ({ comment = '' }) => comment },
  { title: 'Digest', cell: ({ digest }) => <code>{digest.slice(0, 12)}</code> },
  {
    title: 'Difference',
    cell: (change) =>
      change.action !== 'put' || change.revision === current ? (
        ''
      ) : (
        <Button onClick={() => onCompare(change)}>{`Compare with ${current}`}</Button>
      ),
  },
];

/** The revisions of a job with who made them and when; two of them can be compared. */
export const Revisions = ({ name, current }: { readonly name: string; readonly current: number }) => {
  const { client } = useApi();
  const [search, setSearch] = useSearchParams();
  const query = useInfiniteQuery(jobChangesQuery(client, name));
  const changes = query.data?.pages.flatMap(({ items }) => items);
  const compared = Number(search.get('compare'));
  const columns = columnsFor(name, current, ({ revision }) =>
    setSearch({ compare: String(revision) }, { replace: true }),
  );
  return (
    <>
      <Panel title="Revisions">
        {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
        {changes === undefined && query.error === null && <Loading what="revisions" />}
        {changes !== undefined && (
          <Table label="Revisions" columns={columns} rows={changes} keyOf={({ revision }) => String(revision)} />
        )}
        {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>Older revisions</Button>}
      </Panel>
      {Number.isInteger(compared) && compared > 0 && compared !== current && (
        <Difference name={name} from={Math.min(compared, current)} to={Math.max(compared, current)} />
      )}
    </>
  );
};
