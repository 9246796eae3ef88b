import type { UseQueryResult } from '@tanstack/react-query';
import type { SchedulePreview } from '#shared/contract/schedule-views.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { DueTimes } from './due-times.tsx';
import styles from './schedules.module.css';

/** What the expression means as it is written now. */
export const Preview = ({
  preview: { data, error },
  isAsked,
}: {
  readonly preview: UseQueryResult<SchedulePreview | null>;
  /** False while there is no expression to ask for. */
  readonly isAsked: boolean;
}) => {
  if (!isAsked || error !== null || data === undefined || data === null)
    return (
      <Panel title="What it means">
        <div className={styles['preview']}>
          {!isAsked && <Empty>Write when: the next due times are shown here.</Empty>}
          {isAsked && error !== null && <Empty>It is not understood: what is marked says why.</Empty>}
          {isAsked && error === null && <Loading what="the due times" />}
        </div>
      </Panel>
    );
  const { dialect, zone, aws, next } = data;
  const onAws = aws.refused ?? aws.expressions.map((one) => `${one.expression} ${one.zone}`).join(' and ');
  return (
    <Panel
      title={`Read as ${dialect}, in ${zone}`}
      actions={<span className="dim">{aws.refused === undefined ? `on AWS: ${onAws}` : `not on AWS: ${onAws}`}</span>}
    >
      <div className={styles['preview']}>
        <DueTimes dues={next} />
      </div>
    </Panel>
  );
};
