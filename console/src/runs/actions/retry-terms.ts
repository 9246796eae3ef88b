import type { RetryRequestInput } from '#shared/client/client.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import type { NodePlace } from './mark-scopes.ts';

/** Statuses by which nodes are chosen, those that need it most first. */
export const retryStatuses: readonly NodeStatus[] = [
  'failed',
  'timedOut',
  'undeliverable',
  'lost',
  'aborted',
  'skipped',
  'ignored',
  'succeeded',
];

/** What is chosen by commas, with one term more or less. A pattern keeps its own commas: only whole terms are compared. */
export const toggleTerm = (text: string, term: string): string => {
  const terms = text.split(',');
  const kept = terms.filter((one) => one.trim() !== term);
  if (kept.length < terms.length) return kept.join(',');
  return text.trim() === '' ? term : `${text.trim()},${term}`;
};

/** What is chosen to run again. No phases: all of them. */
export interface RetryChoice {
  readonly nodes: string;
  readonly force: boolean;
  readonly phases: readonly string[];
}

/** Places that were ticked as a choice: these nodes, in the phases in which they were ticked. */
export const choiceOf = (places: readonly NodePlace[]): RetryChoice => ({
  nodes: [...new Set(places.map(({ nodeId }) => nodeId))].join(','),
  force: false,
  phases: [...new Set(places.map(({ phase }) => phase))],
});

/** A choice as it is sent. */
export const retryRequest = ({ nodes, force, phases }: RetryChoice): RetryRequestInput => ({
  nodes: nodes.trim(),
  force,
  ...(phases.length === 0 ? {} : { only: { phases: [...phases] } }),
});

/** Names of the phases of a run, each once. */
export const phasesOf = ({ groups }: Pick<RunView, 'groups'>): readonly string[] => [
  ...new Set(groups.flatMap(({ phases }) => phases.map(({ name }) => name))),
];
