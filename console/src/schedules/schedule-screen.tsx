import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { FiringView, ScheduleView } from '#shared/contract/schedule-views.ts';
import { betweenText, calendarText, firingReason, pausedText, ruleText } from '#shared/format/schedule-words.ts';
import { timeText } from '#shared/format/time-text.ts';
import { useApi } from '../api/api-context.ts';
import { firingsQuery, scheduleQuery } from '../api/schedule-queries.ts';
import { Button } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { Failure } from '../parts/failure.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Ago } from '../parts/times.tsx';
import { DueTimes } from './due-times.tsx';
import { FiringMark } from './firing-mark.tsx';
import { ScheduleActions } from './schedule-actions.tsx';
import styles from './schedules.module.css';
import { JobLink } from './schedules-screen.tsx';

const firingColumns: readonly Column<FiringView>[] = [
  { title: 'Due', cell: ({ dueAt }) => <span className={styles['time']}>{timeText(dueAt)}</span> },
  { title: 'What became of it', cell: (firing) => <FiringMark firing={firing} /> },
  { title: 'By', cell: ({ kind, actor = '' }) => (kind === 'manual' ? `by hand, ${actor}` : 'the clock') },
  { title: 'Why', cell: (firing) => firingReason(firing) },
  { title: 'Decided', cell: ({ at }) => <Ago at={at} /> },
];

/** What became of the due times, newest first. */
const History = ({ name, isGone }: { readonly name: string; readonly isGone: boolean }) => {
  const { client } = useApi();
  const query = useInfiniteQuery(firingsQuery(client, name));
  // A schedule that was removed has a history still; one that never was has none, which is told above.
  if (isGone && query.data === undefined) return null;
  const firings = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Panel title="History">
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {firings === undefined && query.error === null && <Loading what="the history" />}
      {firings?.length === 0 && <Empty>It was not due yet.</Empty>}
      {firings !== undefined && firings.length > 0 && (
        <Table
          label="History"
          columns={firingColumns}
          rows={firings}
          keyOf={({ dueAt, kind, askedRunId = '' }) => `${dueAt} ${kind} ${askedRunId}`}
        />
      )}
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Earlier ones
        </Button>
      )}
    </Panel>
  );
};

const About = ({ schedule }: { readonly schedule: ScheduleView }) => {
  const { aws, catchUp, calendars, tags, params, overlap, jitter, description } = schedule;
  return (
    <Panel>
      <Facts
        facts={[
          ['Description', description],
          ['Job', <JobLink key="job" job={schedule.job} />],
          ['When', <code key="when">{ruleText(schedule)}</code>],
          ['Between', betweenText(schedule)],
          ['State', schedule.enabled ? 'enabled' : pausedText(schedule.paused)],
          ['Overlap', overlap],
          ['Catch-up', catchUp === undefined ? 'none' : `what is at most ${catchUp.deadline} late`],
          ['Jitter', jitter],
          ['Calendars', calendars.map(calendarText).join(', ')],
          ['Params', Object.keys(params).length === 0 ? undefined : <code key="params">{JSON.stringify(params)}</code>],
          [
            'Tags',
            Object.entries(tags)
              .map(([tag, value]) => `${tag}=${value}`)
              .join(', '),
          ],
          ['On AWS', aws.refused ?? aws.expressions.map((one) => `${one.expression} ${one.zone}`).join(' and ')],
          ['Changed', `${timeText(schedule.updatedAt)} by ${schedule.updatedBy}`],
        ]}
      />
    </Panel>
  );
};

/** So many due times are shown at first, and so many when more are asked for. */
const [few, many] = [5, 50];

/** A schedule: when it is due, and what became of its due times. */
export const ScheduleScreen = () => {
  const name = useParams()['schedule'] ?? '';
  const { client } = useApi();
  const [count, setCount] = useState(few);
  const { data, error, refetch } = useQuery(scheduleQuery(client, name, count));
  return (
    <>
      <PageHead
        title={name}
        facts={data?.view.enabled === false ? <span className={styles['other']}>paused</span> : undefined}
        actions={data !== undefined && <ScheduleActions schedule={data.view} />}
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={`schedule ${name}`} />}
      {data !== undefined && (
        <>
          <About schedule={data.view} />
          <Panel
            title="Due times to come"
            actions={
              count === few &&
              data.view.next.length >= few && <Button onClick={() => setCount(many)}>{`Show ${many}`}</Button>
            }
          >
            {data.view.enabled ? (
              <DueTimes dues={data.view.next} />
            ) : (
              <Empty>It is paused: nothing is due until it is resumed.</Empty>
            )}
          </Panel>
        </>
      )}
      <History name={name} isGone={error !== null} />
    </>
  );
};
