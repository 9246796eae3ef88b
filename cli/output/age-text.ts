import type { ReadingView } from '#shared/contract/node-views.ts';
import { agoText } from '#shared/format/age-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

/** How old a reading of the clouds is, and that there is no newer one where they could not be read. */
export const readingText = ({ readAt, problem }: ReadingView, nowMs: number, style: Style): string => {
  const age = style.dim(`as of ${agoText(readAt, nowMs)}`);
  return problem === undefined
    ? age
    : `${style.yellow('warning')} the clouds cannot be read now, so this is ${age}: ${safeLine(problem, 300)}`;
};
