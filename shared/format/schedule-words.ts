import type { DueTimeView, FiringView, ScheduleView } from '../contract/schedule-views.ts';
import { timeText } from './time-text.ts';

const marks = {
  afterGap: 'that local time does not exist: starts right after the clocks change',
  first: 'the first of two such times: the clocks change',
  second: 'the second of two such times: the clocks change',
  skipped: 'not started: its local time does not exist, the clocks change here',
} as const;

/** What is special about a due time to come; '' for nothing. */
export const dueNote = ({ mark, blackout }: Pick<DueTimeView, 'mark' | 'blackout'>): string =>
  [mark === undefined ? '' : marks[mark], blackout === undefined ? '' : `not started: blackout, ${blackout}`]
    .filter((text) => text !== '')
    .join('; ');

/** A rule in a few words: `0 2 * * * (unix, UTC)`. */
export const ruleText = ({
  expression,
  dialect,
  zone,
}: Pick<ScheduleView, 'expression' | 'dialect' | 'zone'>): string => `${expression} (${dialect}, ${zone ?? 'UTC'})`;

/** `days.ics (3 blackouts, 2 that come again)`. */
export const calendarText = ({ name, blackouts, events = [] }: ScheduleView['calendars'][number]): string =>
  `${name} (${blackouts.length} blackouts${events.length === 0 ? '' : `, ${events.length} that come again`})`;

/** From when to when a rule holds; undefined without bounds. */
export const betweenText = ({ start, end }: Pick<ScheduleView, 'start' | 'end'>): string | undefined =>
  start === undefined && end === undefined ? undefined : `${start ?? 'now'} and ${end ?? 'for ever'}`;

/** Who paused a schedule, when and why. */
export const pausedText = (paused: ScheduleView['paused']): string =>
  paused === undefined
    ? 'not enabled'
    : `paused by ${paused.by} at ${timeText(paused.at)}${paused.reason === undefined ? '' : `: ${paused.reason}`}`;

/** Why a due time came to what it came to, and for how many before it the same holds. */
export const firingReason = ({ reason = '', more }: Pick<FiringView, 'reason' | 'more'>): string =>
  more === undefined ? reason : `${reason} (and ${more} due times before it)`;
