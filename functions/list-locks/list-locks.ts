import pMap from 'p-map';
import type { LockView } from '#shared/contract/lock-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { BudgetRecord, BudgetUse, PermitRecord, TurnEntry, TurnRecord } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { Page, PlanStore } from '#shared/ports/store.ts';

/** Runs whose permits are read at once. */
const readWidth = 8;

/** What listing locks needs. */
export interface ListLocksDeps {
  readonly store: Pick<LockStore, 'listTurns' | 'listBudgets' | 'getBudgetUse' | 'listPermitUsers' | 'listPermits'> &
    Pick<PlanStore, 'getBatch'>;
  readonly clock: Clock;
}

/** Everything that runs keep from each other now, and who waits for it: turns, then budgets in use, then the nodes of batches. */
export const listLocks = (deps: ListLocksDeps) => async (): Promise<Page<LockView>> => {
  const nowMs = deps.clock.now();
  const [turns, budgets, users] = await Promise.all([
    deps.store.listTurns(),
    deps.store.listBudgets(),
    deps.store.listPermitUsers(),
  ]);
  const uses = await Promise.all(budgets.map(({ name }) => deps.store.getBudgetUse(name)));
  const nodes = await pMap(users, (runId) => nodeLocks(deps, runId), { concurrency: readWidth });
  return {
    items: [
      ...turns.map((turn) => turnLock(turn, nowMs)).filter(isUsed),
      ...budgets.map((budget, index) => budgetLock(budget, uses[index], nowMs)).filter(isUsed),
      ...nodes.flat(),
    ],
  };
};

const isLive = ({ until }: { readonly until: string }, nowMs: number): boolean => Date.parse(until) > nowMs;

const isUsed = (lock: LockView): boolean => {
  if (lock.kind === 'turn') return lock.holders.length + lock.waiters.length > 0;
  return lock.kind === 'nodes' || lock.shares.length + lock.waiters.length > 0;
};

const runOf = ({ runId, attempt, jobName, actor, since, until }: TurnEntry) => ({
  ...{ runId, attempt, actor, since, until },
  job: jobName,
});

const turnLock = (turn: TurnRecord, nowMs: number): LockView => ({
  kind: 'turn',
  name: `turn/${turn.key}`,
  key: turn.key,
  holders: turn.holders.filter((one) => isLive(one, nowMs)).map((one) => ({ ...runOf(one), fencing: one.fencing })),
  waiters: turn.waiters
    .filter((one) => isLive(one, nowMs))
    .toSorted((a, b) => a.ticket - b.ticket)
    .map(runOf),
  breaks: turn.breaks,
});

const budgetLock = (budget: BudgetRecord, use: BudgetUse | undefined, nowMs: number): LockView => {
  const { name, where, max } = budget;
  const shares = use?.shares ?? [];
  return {
    ...{ kind: 'budget', name: `budget/${name}`, budget: name, where, max },
    used: shares.reduce((sum, { nodes }) => sum + nodes, 0),
    shares: shares.map(({ runId, batchId, nodes, since, jobName }) => ({ runId, batchId, nodes, since, job: jobName })),
    waiters: (use?.waiters ?? [])
      .filter((one) => isLive(one, nowMs))
      .map(({ runId, batchId, nodes, askedAt }) => ({ runId, batchId, nodes, since: askedAt })),
  };
};

/** The batches of a run that have nodes for themselves, or wait for them. */
const nodeLocks = async (deps: ListLocksDeps, runId: RunId): Promise<readonly LockView[]> => {
  const permits = (await deps.store.listPermits(runId)).filter(
    (one) => one.exclusive && one.state !== 'ended' && (one.state === 'waiting' || isLive(one, deps.clock.now())),
  );
  return pMap(permits, (permit) => nodesLock(deps, permit), { concurrency: readWidth });
};

const nodesLock = async (deps: ListLocksDeps, permit: PermitRecord): Promise<LockView> => {
  const { runId, batchId, jobName, fencing, until, askedAt, waitingFor } = permit;
  const nodeIds = ((await deps.store.getBatch(runId, batchId))?.nodes ?? []).map(({ node }) => node.id);
  const waits = permit.state === 'waiting';
  return {
    ...{ kind: 'nodes', name: `node/${nodeIds[0] ?? ''}`, runId, batchId, job: jobName, nodeIds, fencing },
    state: waits ? 'waiting' : 'held',
    since: waitingFor?.since ?? askedAt,
    ...(waits ? {} : { until }),
    ...(waitingFor === undefined ? {} : { message: waitingFor.message }),
  };
};
