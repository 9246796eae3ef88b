import { formatDuration } from '../model/duration.ts';

/** How long ago a time was, in whole seconds: `12 s ago`. A clock that is ahead of the server's makes it no time at all. */
export const agoText = (at: string, nowMs: number): string => {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1000));
  if (seconds === 0) return 'now';
  return seconds < 60 ? `${seconds} s ago` : `${formatDuration(seconds * 1000)} ago`;
};
