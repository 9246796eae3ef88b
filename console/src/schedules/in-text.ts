import { formatDuration } from '#shared/model/duration.ts';

const dayMs = 86_400_000;

/** How long it is until a time, as a person counts: `3d 4h`, `2h10m`, `now`. */
export const inText = (at: string, nowMs: number): string => {
  const ms = Date.parse(at) - nowMs;
  if (ms <= 0) return 'now';
  if (ms < dayMs) return formatDuration(Math.max(1000, Math.floor(ms / 1000) * 1000)).replace(/\.0s$/, 's');
  const days = Math.floor(ms / dayMs);
  return `${days}d ${Math.floor((ms % dayMs) / 3_600_000)}h`;
};
