import type { NodeStatus } from '#shared/model/status.ts';

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

/** Ids of nodes as what is chosen. */
export const idTerms = (ids: Iterable<string>): string => [...new Set(ids)].join(',');
