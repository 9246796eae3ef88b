import type { UseQueryResult } from '@tanstack/react-query';
import type { SchedulePreview } from '#shared/contract/schedule-views.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { DueTimes } from './due-times.tsx';

/** What the expression means as it is written now. */
export const Preview = ({
  preview: { data, error },
  isAsked,
}: {
  readonly preview: UseQueryResult<SchedulePreview | null>;
  /** False while there is no expression to ask for. */
  readonly isAsked: boolean;
}) => {
  if (!isAsked)
    return <Panel title="What it means">{<Empty>Write when: the next due times are shown here.</Empty>}</Panel>;
  if (error !== null) return <Panel title="What it means">{<Empty>It is not understood yet.</Empty>}</Panel>;
  if (data === undefined || data === null)
    return <Panel title="What it means">{<Loading what="the due times" />}</Panel>;
  const { dialect, zone, aws, next } = data;
  const onAws = aws.refused ?? aws.expressions.map((one) => `${one.expression} ${one.zone}`).join(' and ');
  return (
    <Panel
      title={`Read as ${dialect}, in ${zone}`}
      actions={<span className="dim">{aws.refused === undefined ? `on AWS: ${onAws}` : `not on AWS: ${onAws}`}</span>}
    >
      <DueTimes dues={next} />
    </Panel>
  );
};
