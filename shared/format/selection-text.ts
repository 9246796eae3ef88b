import type { AttemptView } from '../contract/run-views.ts';
import { counted } from './counted.ts';

const shownNames = 8;

const namesText = (names: readonly string[]): string =>
  names.length > shownNames
    ? `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`
    : names.join(', ');

/** Groups, phases and nodes as a clause: `phase restart, node web-1, web-2`; empty when all are meant. */
export const scopeText = (scope: {
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

/** What an attempt runs: its mode and what it is narrowed to, or what was chosen. */
export const selectionText = ({ mode, picks, ...scope }: AttemptView['selection']): string => {
  if (picks === undefined) {
    const narrowed = scopeText(scope);
    return narrowed === '' ? mode : `${mode} (${narrowed})`;
  }
  return `retry of ${picks.by}${picks.force ? ', from the first operation' : ''}: ${counted(picks.placeCount, 'node')}`;
};
