import { changeLocked } from '#functions/records/change-locked.ts';
import { budgetUse } from '#functions/records/end-permit.ts';
import { readPermitLife } from '#functions/records/permit-life.ts';
import { isSamePermit, permitName } from '#shared/lock/permit.ts';
import { allowedAtOnce, askShare, type ShareAnswer, type ShareAsk } from '#shared/lock/share.ts';
import type { BudgetShare, PermitWait } from '#shared/model/lock.ts';
import type { PermitDeps, PermitWish, Taking } from './permit-wish.ts';

/** What came of asking for shares. `tooBig`: the budget never lets so many nodes work at once. */
export type SharesTaken =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly waitFor: Omit<PermitWait, 'since'> }
  | { readonly kind: 'tooBig' };

/**
 * Takes the shares of all budgets that a batch is under, in the order of their names, up to the first that refuses. A budget that was taken away
 * meanwhile holds nobody up.
 */
export const takeShares = async (deps: PermitDeps, wish: PermitWish, taking: Taking): Promise<SharesTaken> => {
  for (const { name, total } of wish.budgets) {
    const budget = await deps.store.getBudget(name);
    if (budget === undefined) continue;
    const limit = allowedAtOnce(budget.max, total);
    if (limit > 0 && wish.nodeIds.length > limit) return { kind: 'tooBig' };
    const ask = { ...taking.ask, nodes: wish.nodeIds.length, limit };
    const answer = await takeShare(deps, name, ask);
    if (answer.kind === 'refused') return { kind: 'refused', waitFor: waitFor(name, ask, answer) };
  }
  return { kind: 'taken' };
};

/** Grants from the sum of all shares; only when that is not enough are their permits looked at, and those that are over left out. */
const takeShare = async (deps: PermitDeps, name: string, ask: ShareAsk): Promise<ShareAnswer> => {
  const first = await askFor(deps, name, { ask, counts: () => true });
  const others = first.use.shares.filter((one) => !isSamePermit(one, ask));
  if (first.kind === 'granted' || others.length === 0) return first;
  const lives = await readPermitLife(deps, others);
  const gone = new Set(others.filter((one) => lives(one) === 'gone').map(nameOfShare));
  // A share that came after the look counts: whether it is over is seen the next time.
  return gone.size === 0 ? first : askFor(deps, name, { ask, counts: (share) => !gone.has(nameOfShare(share)) });
};

const nameOfShare = (share: BudgetShare): string => `${permitName(share)} ${share.permit}`;

const askFor = async (
  deps: PermitDeps,
  name: string,
  { ask, counts }: { readonly ask: ShareAsk; readonly counts: (share: BudgetShare) => boolean },
): Promise<ShareAnswer> => {
  const { answer } = await changeLocked(budgetUse(deps, name), (use) => {
    const given = askShare(use, ask, counts);
    return { record: given.use, answer: given };
  });
  return answer;
};

const waitFor = (
  name: string,
  { nodes, limit }: ShareAsk,
  { used, ahead }: Extract<ShareAnswer, { kind: 'refused' }>,
): Omit<PermitWait, 'since'> => ({
  kind: 'budget',
  name,
  nodes,
  message:
    limit === 0
      ? `budget '${name}' lets no node work now`
      : `budget '${name}' has ${used} of ${limit} nodes in use${ahead === 0 ? '' : `, and ${ahead} asked before`}`,
});
