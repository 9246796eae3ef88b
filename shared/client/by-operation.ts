import type { ResultView } from '../contract/run-views.ts';

/** What one operation printed on its nodes. */
export interface OperationResults {
  readonly operation: string;
  readonly results: readonly ResultView[];
}

/** The results by operation, of each node the last one. */
export const byOperation = (results: readonly ResultView[]): readonly OperationResults[] => {
  const operations = Map.groupBy(results, ({ group, phase, operation }) => `${group}/${phase}/${operation}`);
  return [...operations].map(([operation, some]) => ({
    operation,
    results: [...new Map(some.map((one) => [one.nodeId, one])).values()],
  }));
};
