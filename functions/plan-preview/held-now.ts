import type { CheckedRequest } from '#functions/targets/check-request.ts';
import { usesLeases } from '#shared/lock/exclusive.ts';
import { lifeOf, permitName } from '#shared/lock/permit.ts';
import type { NodeId, RunId } from '#shared/model/ids.ts';
import type { LeaseHolder } from '#shared/model/lock.ts';
import type { HeldNow, RunPlan } from '#shared/plan/run-plan.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Clock } from '#shared/ports/services.ts';

/** What looking at others' locks needs. */
export interface HeldNowDeps {
  readonly store: Pick<LockStore, 'getTurn' | 'getLeases' | 'getPermits' | 'getBudgetUse'>;
  readonly clock: Clock;
}

/** What other runs hold of what a plan needs, as it stands now; undefined when the plan needs nothing of the kind. */
export const heldNow = async (
  deps: HeldNowDeps,
  { job, plan, turn }: Pick<CheckedRequest, 'job' | 'plan' | 'turn'>,
): Promise<HeldNow | undefined> => {
  const budgets = budgetNames(plan);
  const exclusive = usesLeases(job);
  if (turn === undefined && !exclusive && budgets.length === 0) return undefined;
  return {
    ...(turn === undefined ? {} : { turn: await turnNow(deps, turn.key) }),
    leases: exclusive ? await leasesNow(deps, nodesOf(plan)) : [],
    budgets: await Promise.all(budgets.map((name) => budgetNow(deps, name))),
  };
};

const slicesOf = (plan: RunPlan) => plan.groups.flatMap((group) => group.rounds.flatMap((round) => round.slices));

const budgetNames = (plan: RunPlan): readonly string[] => [
  ...new Set(slicesOf(plan).flatMap(({ budgets = [] }) => budgets.map(({ name }) => name))),
];

const nodesOf = (plan: RunPlan): readonly NodeId[] => [
  ...new Set(plan.groups.flatMap((group) => group.rounds.flatMap((round) => round.nodes.map(({ id }) => id)))),
];

const turnNow = async (deps: HeldNowDeps, key: string): Promise<NonNullable<HeldNow['turn']>> => {
  const turn = await deps.store.getTurn(key);
  const isLive = ({ until }: { readonly until: string }) => Date.parse(until) > deps.clock.now();
  return {
    running: (turn?.holders ?? [])
      .filter(isLive)
      .map(({ runId, jobName, actor, since }) => ({ runId, job: jobName, actor, since })),
    waiting: (turn?.waiters ?? []).filter(isLive).length,
  };
};

const leasesNow = async (deps: HeldNowDeps, nodeIds: readonly NodeId[]): Promise<HeldNow['leases']> => {
  const held = await liveLeases(deps, nodeIds);
  const byRun = new Map<RunId, { readonly job: string; readonly nodeIds: NodeId[] }>();
  for (const { nodeId, holder } of held) {
    const known = byRun.get(holder.runId) ?? { job: holder.jobName, nodeIds: [] };
    known.nodeIds.push(nodeId);
    byRun.set(holder.runId, known);
  }
  return [...byRun].map(([runId, run]) => ({ runId, ...run }));
};

const liveLeases = async (deps: HeldNowDeps, nodeIds: readonly NodeId[]) => {
  const holders = (await deps.store.getLeases(nodeIds)).flatMap(({ nodeId, holders: all }) =>
    all.map((holder: LeaseHolder) => ({ nodeId, holder })),
  );
  const keys = new Map(holders.map(({ holder }) => [permitName(holder), holder]));
  const permits = new Map((await deps.store.getPermits([...keys.values()])).map((one) => [permitName(one), one]));
  return holders.filter(({ holder }) => lifeOf(holder, permits.get(permitName(holder)), deps.clock.now()) === 'counts');
};

const budgetNow = async (deps: HeldNowDeps, name: string): Promise<HeldNow['budgets'][number]> => {
  const use = await deps.store.getBudgetUse(name);
  const waiters = (use?.waiters ?? []).filter(({ until }) => Date.parse(until) > deps.clock.now());
  return { name, used: (use?.shares ?? []).reduce((sum, { nodes }) => sum + nodes, 0), waiting: waiters.length };
};
