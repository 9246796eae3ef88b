import type { DueTimeView, FiringView, ScheduleSummary, ScheduleView } from '#shared/contract/schedule-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { factsText } from './facts-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const marks = {
  afterGap: 'that local time does not exist: starts right after the clocks change',
  first: 'the first of two such times: the clocks change',
  second: 'the second of two such times: the clocks change',
  skipped: 'not started: its local time does not exist, the clocks change here',
} as const;

const noteOf = ({ mark, blackout }: DueTimeView): string =>
  [mark === undefined ? '' : marks[mark], blackout === undefined ? '' : `not started: blackout, ${blackout}`]
    .filter((text) => text !== '')
    .join('; ');

const dueColumns = (style: Style, now: number): readonly Column<DueTimeView>[] => [
  { title: 'LOCAL', cell: ({ local }) => local },
  { title: 'UTC', cell: ({ at }) => timeText(at) },
  { title: 'IN', cell: ({ at }) => formatDuration(Math.max(0, Date.parse(at) - now)), align: 'right' },
  { title: 'NOTE', cell: (due) => safeLine(noteOf(due), 120), paint: (_due, text) => style.yellow(text) },
];

/** Due times to come, a line each. */
export const dueTimesText = (dues: readonly DueTimeView[], now: number, style: Style): string =>
  dues.length === 0 ? 'Nothing is due any more.\n' : renderTable(dueColumns(style, now), dues, style);

const painted = (status: FiringView['status'], style: Style): ((text: string) => string) => {
  if (status === 'started') return style.green;
  if (status === 'failed') return style.red;
  return status === 'starting' ? (text) => text : style.yellow;
};

/** A schedule in a few words: `every 0 2 * * * (unix, UTC)`. */
const ruleOf = ({ expression, dialect, zone }: Pick<ScheduleView, 'expression' | 'dialect' | 'zone'>): string =>
  `${expression} (${dialect}, ${zone ?? 'UTC'})`;

/** `days.ics (3 blackouts, 2 that come again)`. */
const calendarText = ({ name, blackouts, events = [] }: ScheduleView['calendars'][number]): string =>
  `${name} (${blackouts.length} blackouts${events.length === 0 ? '' : `, ${events.length} that come again`})`;

/** A schedule with its due times to come. */
export const scheduleText = (schedule: ScheduleView, now: number, style: Style): string => {
  const { paused, aws, catchUp, calendars, tags } = schedule;
  const facts = factsText(
    [
      ['schedule', schedule.name],
      ['job', schedule.job],
      ['when', ruleOf(schedule)],
      ['between', between(schedule)],
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

const between = ({ start, end }: ScheduleView): string | undefined =>
  start === undefined && end === undefined ? undefined : `${start ?? 'now'} and ${end ?? 'for ever'}`;

const pausedText = (paused: ScheduleView['paused']): string =>
  paused === undefined
    ? 'not enabled'
    : `paused by ${paused.by} at ${timeText(paused.at)}${paused.reason === undefined ? '' : `: ${paused.reason}`}`;

const listColumns = (style: Style, now: number): readonly Column<ScheduleSummary>[] => [
  { title: 'SCHEDULE', cell: ({ name }) => name },
  { title: 'JOB', cell: ({ job }) => safeLine(job, 40) },
  { title: 'WHEN', cell: (one) => safeLine(ruleOf(one), 60) },
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
    cell: ({ reason = '', more }) =>
      safeLine(more === undefined ? reason : `${reason} (and ${more} due times before it)`, 160),
  },
];

/** What became of due times, a line each. */
export const firingsText = (firings: readonly FiringView[], style: Style): string =>
  renderTable(firingColumns(style), firings, style);
