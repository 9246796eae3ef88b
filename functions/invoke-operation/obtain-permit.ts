import { giveShareBack } from '#functions/records/end-permit.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { lockTimes, permitPatience, placeMs, waitSeconds } from '#shared/lock/times.ts';
import type { PermitRecord, PermitWait } from '#shared/model/lock.ts';
import { nowIso } from '#shared/ports/services.ts';
import type { GivenUp, PermitDeps, PermitWish, Taking } from './permit-wish.ts';
import { takeLeases } from './take-leases.ts';
import { takeShares } from './take-shares.ts';

/**
 * What a batch is told: it has everything but the nodes that were given up; it waits; or it is bigger than a budget ever allows, so that its
 * slice has to be planned again.
 */
export type PermitAnswer =
  | { readonly kind: 'held'; readonly givenUp: readonly GivenUp[] }
  | { readonly kind: 'wait'; readonly look: number }
  | { readonly kind: 'tooBig' };

/** How often a try is begun again because another delivery of the same task came between. */
const maxTries = 10;

/**
 * Gets a batch its leases and budget shares, all or none, or keeps those that it has. While a batch waits it holds nothing, only places in line:
 * so no two batches can wait for each other.
 * @throws AppError `store.conflict`, also when the batch came to its end meanwhile
 */
export const obtainPermit = async (deps: PermitDeps, wish: PermitWish): Promise<PermitAnswer> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const known = await deps.store.getPermit(wish.key);
    if (known?.ended?.how === 'released') return refuseAtEnd(deps, wish);
    if (known?.state === 'waiting') await deps.store.beginPermitLook(wish.key);
    const answer = known?.state === 'held' ? await keep(deps, wish, known) : await tryToTake(deps, wish, known);
    if (answer !== undefined) return answer;
  }
  throw new AppError('store.conflict', `The permit of batch ${wish.key.batchId} was changed by others each time.`);
};

/** Its end released the permit: this is a delivery from before it. What such a one took of a budget at that moment nobody else gives back. */
const refuseAtEnd = async (deps: PermitDeps, { key, budgets }: PermitWish): Promise<never> => {
  for (const { name } of budgets) await giveShareBack(deps, name, { key, keepsPlace: false });
  throw new AppError('store.conflict', `Batch ${key.batchId} came to its end meanwhile.`);
};

const held: PermitAnswer = { kind: 'held', givenUp: [] };

const hasTime = ({ until }: PermitRecord, { needMs }: PermitWish, nowMs: number): boolean =>
  Date.parse(until) >= nowMs + needMs;

const untilOf = ({ needMs }: PermitWish, nowMs: number): string =>
  new Date(nowMs + needMs + lockTimes.slackMs).toISOString();

/** Extends a permit when the next operation may take longer than what is left of it; undefined when it changed meanwhile. */
const keep = async (deps: PermitDeps, wish: PermitWish, permit: PermitRecord): Promise<PermitAnswer | undefined> => {
  const nowMs = deps.clock.now();
  if (hasTime(permit, wish, nowMs)) return held;
  const kept = { ...permit, version: permit.version + 1, until: untilOf(wish, nowMs) };
  return (await deps.store.putPermit(kept)) ? held : undefined;
};

/** The permit as it is while everything is being taken: from then on what is taken counts for the others. */
const beginTaking = async (
  deps: PermitDeps,
  wish: PermitWish,
  known: PermitRecord | undefined,
): Promise<PermitRecord | undefined> => {
  const nowMs = deps.clock.now();
  // Another delivery of this task began and did not end, or is at it now: its number is taken over.
  if (known?.state === 'taking' && hasTime(known, wish, nowMs)) return known;
  const { ended: _ended, ...before } = known ?? { version: 0, fencing: 0, askedAt: nowIso(deps.clock) };
  const permit: PermitRecord = {
    ...before,
    ...wish.key,
    jobName: wish.jobName,
    version: before.version + 1,
    fencing: Math.max(before.fencing + 1, nowMs),
    state: 'taking',
    until: untilOf(wish, nowMs),
    nodeCount: wish.nodeIds.length,
    exclusive: wish.exclusive !== undefined,
    budgets: wish.budgets.map(({ name }) => name),
  };
  return (await deps.store.putPermit(permit)) ? permit : undefined;
};

const tryToTake = async (
  deps: PermitDeps,
  wish: PermitWish,
  known: PermitRecord | undefined,
): Promise<PermitAnswer | undefined> => {
  const permit = await beginTaking(deps, wish, known);
  if (permit === undefined) return undefined;
  const nowMs = deps.clock.now();
  const waitedMs = permit.waitingFor === undefined ? 0 : nowMs - Date.parse(permit.waitingFor.since);
  const look = waitSeconds(waitedMs, permitPatience);
  const { runId, batchId } = wish.key;
  const { jobName, askedAt, fencing } = permit;
  const ask = { runId, batchId, jobName, askedAt, permit: fencing, nowMs, waitMs: placeMs(look) };
  const taken = await takeAll(deps, wish, { ask, waitedMs });
  if (taken.kind === 'refused') return wait(deps, permit, taken.waitFor, taken.contended ? 1 : look);
  if (taken.kind === 'tooBig') return (await letGo(deps, permit)) && { kind: 'tooBig' };
  const isSettled = await settle(deps, permit, { state: 'held' });
  return isSettled === undefined ? undefined : { kind: 'held', givenUp: taken.givenUp };
};

type AllTaken =
  | { readonly kind: 'taken'; readonly givenUp: readonly GivenUp[] }
  | { readonly kind: 'refused'; readonly waitFor: Omit<PermitWait, 'since'>; readonly contended: boolean }
  | { readonly kind: 'tooBig' };

const takeAll = async (deps: PermitDeps, wish: PermitWish, taking: Taking): Promise<AllTaken> => {
  const shares = await takeShares(deps, wish, taking);
  if (shares.kind === 'refused') return { ...shares, contended: false };
  if (shares.kind === 'tooBig') return shares;
  return wish.exclusive === undefined ? { kind: 'taken', givenUp: [] } : takeLeases(deps, wish, taking);
};

const wait = async (
  deps: PermitDeps,
  permit: PermitRecord,
  waitFor: Omit<PermitWait, 'since'>,
  look: number,
): Promise<PermitAnswer | undefined> => {
  const since = permit.waitingFor?.since ?? nowIso(deps.clock);
  const settled = await letGo(deps, permit, { ...waitFor, since });
  if (settled === undefined) return undefined;
  return settled.state === 'held' ? held : { kind: 'wait', look };
};

/**
 * Lets go of everything that a try took. The permit first, which voids the leases: what another delivery of the same task has got under it must
 * not be given back. Then the shares, because those that wait for them are to hear of it.
 */
const letGo = async (
  deps: PermitDeps,
  permit: PermitRecord,
  waitingFor?: PermitWait,
): Promise<PermitRecord | undefined> => {
  const settled = await settle(deps, permit, {
    state: 'waiting',
    ...(waitingFor === undefined ? {} : { waitingFor }),
  });
  if (settled?.state === 'waiting')
    for (const name of permit.budgets)
      await giveShareBack(deps, name, { key: permit, keepsPlace: waitingFor !== undefined });
  return settled;
};

/**
 * Ends a try. Another delivery of the same task may have ended it meanwhile: when it took everything under the same number, that holds for this
 * one too. Undefined when the try has to begin again.
 */
const settle = async (
  deps: PermitDeps,
  permit: PermitRecord,
  change: Pick<PermitRecord, 'state' | 'waitingFor'>,
): Promise<PermitRecord | undefined> => {
  const { waitingFor: _waitingFor, ...rest } = permit;
  const { waitingFor } = change;
  const settled: PermitRecord = {
    ...rest,
    version: permit.version + 1,
    state: change.state,
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
  if (await deps.store.putPermit(settled)) return settled;
  const now = await deps.store.getPermit(permit);
  return now?.state === 'held' && now.fencing === permit.fencing ? now : undefined;
};
