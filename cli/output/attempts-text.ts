import type { AttemptView, MarkView, RunView } from '#shared/contract/run-views.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

const shownNames = 8;

const namesText = (names: readonly string[]): string =>
  names.length > shownNames
    ? `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`
    : names.join(', ');

const scopeText = (scope: {
  readonly groups?: readonly string[] | undefined;
  readonly phases?: readonly string[] | undefined;
  readonly nodes?: readonly string[] | undefined;
}): string =>
  (
    [
      ['group', scope.groups],
      ['phase', scope.phases],
      ['node', scope.nodes],
    ] as const
  )
    .flatMap(([name, values]) => (values === undefined ? [] : [`${name} ${namesText(values)}`]))
    .join(', ');

const modeText = ({ mode, picks, ...scope }: AttemptView['selection']): string => {
  if (picks === undefined) {
    const narrowed = scopeText(scope);
    return narrowed === '' ? mode : `${mode} (${narrowed})`;
  }
  return `retry of ${picks.by}${picks.force ? ', from the first operation' : ''}: ${picks.placeCount} nodes`;
};

const attemptText = (attempt: AttemptView): string => {
  const reason = attempt.reason === undefined ? '' : `: ${attempt.reason}`;
  return `${attempt.attempt} ${attempt.status} by ${attempt.actor} at ${attempt.createdAt}, ${modeText(attempt.selection)}${reason}`;
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
