import { allPages } from '#shared/client/all-pages.ts';
import type { OutputMatch } from '#shared/contract/run-views.ts';
import { safeLine } from '../output/safe-text.ts';
import type { Style } from '../output/style.ts';
import type { LogsTarget } from './find-results.ts';

/** What to search for. */
export interface Search {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/** Lines that match, in the order of the plan, as the server finds them. */
export const findMatches = (
  { client, runId, filters: { since: _since, ...filters } }: LogsTarget,
  search: Search,
): AsyncGenerator<OutputMatch> => allPages((page) => client.searchOutput(runId, { ...filters, ...search, ...page }));

/** One line that matches: where it is, and what it says. */
export const matchText = (match: OutputMatch, style: Style): string => {
  const { name, group, phase, operation, stream, line, text } = match;
  const attempt = match.attempt > 1 ? ` attempt ${match.attempt}` : '';
  const place = `${group}/${phase}/${operation}${attempt} ${stream === 'stderr' ? 'stderr ' : ''}${line}:`;
  return `${style.bold(safeLine(name))} ${style.dim(place)} ${safeLine(text)}\n`;
};
