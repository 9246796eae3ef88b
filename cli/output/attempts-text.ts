import type { AttemptView, MarkView, RunView } from '#shared/contract/run-views.ts';
import { scopeText, selectionText } from '#shared/format/selection-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

const attemptText = (attempt: AttemptView): string => {
  const reason = attempt.reason === undefined ? '' : `: ${attempt.reason}`;
  return `${attempt.attempt} ${attempt.status} by ${attempt.actor} at ${attempt.createdAt}, ${selectionText(attempt.selection)}${reason}`;
};

const markText = ({ kind, actor, at, reason, placeCount, applied, ...scope }: MarkView): string => {
  const where = scopeText(scope) || 'all of the run';
  const why = reason === undefined ? '' : ` (${reason})`;
  return `${kind} by ${actor} at ${at}: ${where}, ${placeCount} nodes${why}${applied ? '' : ', not all of it done yet'}`;
};

const line = (style: Style, name: string, text: string): string =>
  `${style.dim(name.padEnd(8))} ${safeLine(text, 400)}`;

/** The attempts of a run, when there are several, and what operators said of its nodes by hand: a line for each. */
export const attemptLines = ({ attempts, marks = [] }: RunView, style: Style): readonly string[] => [
  ...(attempts.length > 1
    ? attempts.map((attempt, index) => line(style, index === 0 ? 'attempts' : '', attemptText(attempt)))
    : []),
  ...marks.map((mark) => line(style, 'marked', markText(mark))),
];
