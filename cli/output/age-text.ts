import type { ReadingView } from '#shared/contract/node-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

/** How long ago a time was, in whole seconds: `12 s ago`. A clock that is ahead of the server's makes it no time at all. */
export const agoText = (at: string, nowMs: number): string => {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1000));
  if (seconds === 0) return 'now';
  return seconds < 60 ? `${seconds} s ago` : `${formatDuration(seconds * 1000)} ago`;
};

/** How old a reading of the clouds is, and that there is no newer one where they could not be read. */
export const readingText = ({ readAt, problem }: ReadingView, nowMs: number, style: Style): string => {
  const age = style.dim(`as of ${agoText(readAt, nowMs)}`);
  return problem === undefined
    ? age
    : `${style.yellow('warning')} the clouds cannot be read now, so this is ${age}: ${safeLine(problem, 300)}`;
};
