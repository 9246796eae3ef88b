import { agoText } from '#shared/format/age-text.ts';
import { timeText } from '#shared/format/time-text.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { useNow } from './clock.ts';

/** How long ago; the time itself when it is pointed at. */
export const Ago = ({ at }: { readonly at: string }) => {
  const now = useNow(1000);
  return (
    <time dateTime={at} title={timeText(at)}>
      {agoText(at, now)}
    </time>
  );
};

/** How long something took, or takes until now. */
export const Took = ({ from, to }: { readonly from: string; readonly to?: string | undefined }) => {
  const now = useNow(1000);
  const ms = (to === undefined ? now : Date.parse(to)) - Date.parse(from);
  return <>{formatDuration(Math.max(0, to === undefined ? Math.floor(ms / 1000) * 1000 : ms))}</>;
};
