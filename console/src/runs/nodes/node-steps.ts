import type { ResultView } from '#shared/contract/run-views.ts';

/** An operation on a node: what came of it last, and before that in other tries and attempts, latest first. */
export interface NodeStep {
  readonly key: string;
  readonly group: string;
  readonly phase: string;
  readonly operation: string;
  readonly last: ResultView;
  readonly earlier: readonly ResultView[];
}

const isLater = (a: ResultView, b: ResultView): number =>
  b.attempt - a.attempt || b.tryNumber - a.tryNumber || (a.recordedAt < b.recordedAt ? 1 : -1);

/** The results of one node by operation, in the order of the plan. */
export const nodeSteps = (results: readonly ResultView[]): readonly NodeStep[] => {
  const steps = Map.groupBy(results, ({ group, phase, round, operation }) =>
    JSON.stringify([group, phase, round, operation]),
  );
  return [...steps].flatMap(([key, some]) => {
    const [last, ...earlier] = some.toSorted(isLater);
    return last === undefined
      ? []
      : [{ key, group: last.group, phase: last.phase, operation: last.operation, last, earlier }];
  });
};
