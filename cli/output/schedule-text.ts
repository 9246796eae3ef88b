import type { DueTimeView, FiringView, ScheduleSummary, ScheduleView } from '#shared/contract/schedule-views.ts';
import {
  betweenText,
  calendarText,
  dueNote,
  firingReason,
  pausedText,
  ruleText,
} from '#shared/format/schedule-words.ts';
import { timeText } from '#shared/format/time-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { factsText } from './facts-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const dueColumns = (style: Style, now: number): readonly Column<DueTimeView>[] => [
  { title: 'LOCAL', cell: ({ local }) => local },
  { title: 'UTC', cell: ({ at }) => timeText(at) },
  { title: 'IN', cell: ({ at }) => formatDuration(Math.max(0, Date.parse(at) - now)), align: 'right' },
  { title: 'NOTE', cell: (due) => safeLine(dueNote(due), 120), paint: (_due, text) => style.yellow(text) },
];

/** Due times to come, a line each. */
export const dueTimesText = (dues: readonly DueTimeView[], now: number, style: Style): string =>
  dues.length === 0 ? 'Nothing is due any more.\n' : renderTable(dueColumns(style, now), dues, style);

const painted = (status: FiringView['status'], style: Style): ((text: string) => string) => {
  if (status === 'started') return style.green;
  if (status === 'failed') return style.red;
  return status === 'starting' ? (text) => text : style.yellow;
};

/** A schedule with its due times to come. */
export const scheduleText = (schedule: ScheduleView, now: number, style: Style): string => {
  const { paused, aws, catchUp, calendars, tags } = schedule;
  const facts = factsText(
    [
      ['schedule', schedule.name],
      ['job', schedule.job],
      ['when', ruleText(schedule)],
      ['between', betweenText(schedule)],
      ['state', schedule.enabled ? 'enabled' : pausedText(paused)],
      ['overlap', schedule.overlap],
      ['catch-up', catchUp === undefined ? 'none' : `what is at most ${catchUp.deadline} late`],
      ['jitter', schedule.jitter],
      ['calendars', calendars.map(calendarText).join(', ')],
      ['params', Object.keys(schedule.params).length === 0 ? undefined : JSON.stringify(schedule.params)],
      [
        'tags',
        Object.entries(tags)
          .map(([name, value]) => `${name}=${value}`)
          .join(', '),
      ],
      ['description', schedule.description],
      ['on aws', aws.refused ?? aws.expressions.map((one) => `${one.expression} ${one.zone}`).join(' and ')],
      ['changed', `${timeText(schedule.updatedAt)} by ${schedule.updatedBy}`],
    ],
    style,
  );
  return schedule.next.length === 0 ? facts : `${facts}\n${dueTimesText(schedule.next, now, style)}`;
};

const listColumns = (style: Style, now: number): readonly Column<ScheduleSummary>[] => [
  { title: 'SCHEDULE', cell: ({ name }) => name },
  { title: 'JOB', cell: ({ job }) => safeLine(job, 40) },
  { title: 'WHEN', cell: (one) => safeLine(ruleText(one), 60) },
  {
    title: 'NEXT',
    cell: ({ enabled, next }) => (enabled ? (next?.local ?? 'never') : 'paused'),
    paint: ({ enabled }, text) => (enabled ? text : style.yellow(text)),
  },
  {
    title: 'IN',
    cell: ({ next }) => (next === undefined ? '' : formatDuration(Math.max(0, Date.parse(next.at) - now))),
    align: 'right',
  },
  { title: 'OVERLAP', cell: ({ overlap }) => overlap },
  {
    title: 'LAST',
    cell: ({ last }) => (last === undefined ? '' : `${last.status} ${timeText(last.dueAt)}`),
    paint: ({ last }, text) => (last === undefined ? text : painted(last.status, style)(text)),
  },
];

/** Schedules, a line each. */
export const schedulesText = (schedules: readonly ScheduleSummary[], now: number, style: Style): string =>
  renderTable(listColumns(style, now), schedules, style);

const firingColumns = (style: Style): readonly Column<FiringView>[] => [
  { title: 'DUE', cell: ({ dueAt }) => timeText(dueAt) },
  {
    title: 'STATUS',
    cell: ({ status }) => status,
    paint: ({ status }, text) => painted(status, style)(text),
  },
  { title: 'RUN', cell: ({ runId = '' }) => runId },
  { title: 'BY', cell: ({ actor = '' }) => safeLine(actor, 40) },
  {
    title: 'WHY',
    cell: (firing) => safeLine(firingReason(firing), 160),
  },
];

/** What became of due times, a line each. */
export const firingsText = (firings: readonly FiringView[], style: Style): string =>
  renderTable(firingColumns(style), firings, style);
