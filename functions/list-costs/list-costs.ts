import type { CostQuery, CostsView, JobCost } from '#shared/contract/cost-views.ts';
import { costOf, type PriceTable } from '#shared/cost/prices.ts';
import type { EndedRun } from '#shared/model/ended-run.ts';
import { addUsage } from '#shared/model/usage.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';

/** What adding up costs needs. */
export interface ListCostsDeps {
  readonly store: Pick<UsageStore, 'listEndedRuns'>;
  readonly prices: PriceTable;
  readonly clock: Clock;
}

/** What the runs of a month used and cost, by job; runs under way are not in it. Reads every ended run of the month, a few hundred bytes each. */
export const listCosts =
  (deps: ListCostsDeps) =>
  async ({ month = nowIso(deps.clock).slice(0, 'YYYY-MM'.length), job }: CostQuery): Promise<CostsView> => {
    const runs = await deps.store.listEndedRuns(month, job);
    const items = [...Map.groupBy(runs, ({ jobName }) => jobName)]
      .map(([name, its]): JobCost => ({ job: name, ...sumOf(its, deps.prices) }))
      .toSorted((a, b) => b.cost.usd - a.cost.usd);
    return { month, items, total: sumOf(runs, deps.prices) };
  };

const sumOf = (runs: readonly EndedRun[], prices: PriceTable): CostsView['total'] => {
  const usage = addUsage(runs.map((run) => run.usage));
  return { runs: runs.length, usage, cost: costOf(usage, prices) };
};
