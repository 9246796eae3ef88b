import { describe, expect, it } from 'vitest';
import { changeLocked } from '#functions/records/change-locked.ts';
import { budgetUse } from '#functions/records/end-permit.ts';
import { turnRecord } from '#functions/records/turns.ts';
import { askLease, freshLease } from '#shared/lock/lease.ts';
import { askShare, returnShare } from '#shared/lock/share.ts';
import { askTurn, freshTurn, leaveTurn } from '#shared/lock/turn.ts';
import type { LeaseRecord, PermitRecord, TurnRecord } from '#shared/model/lock.ts';
import { batchId, newRunId, nodeId, sampleTime, sliceId } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const nowMs = Date.parse(sampleTime);
let names = 0;
const newName = (): string => {
  names += 1;
  return `name-${names}`;
};
const newKey = (): string => `key ${newName()} · schlüssel/#`;
const later = (seconds: number): string => new Date(nowMs + seconds * 1000).toISOString();

const aTurn = (change: Partial<TurnRecord> = {}): TurnRecord => ({ ...freshTurn(newKey()), version: 1, ...change });
const aLease = (change: Partial<LeaseRecord> = {}): LeaseRecord => ({
  ...freshLease(nodeId(newName())),
  version: 1,
  ...change,
});
const aPermit = (change: Partial<PermitRecord> = {}): PermitRecord => ({
  ...{ runId: newRunId(), batchId: batchId(), jobName: 'roll', version: 1, fencing: 1, state: 'waiting' },
  ...{ askedAt: sampleTime, until: later(60), nodeCount: 2, exclusive: true, budgets: [] },
  ...change,
});
const aBudget = (name: string, version = 1) => ({
  ...{ name, where: 'node.tags.app == "shop"', max: '20%', version, updatedAt: sampleTime, updatedBy: 'ann' },
});

/** Turns, leases, budgets, permits: records that are decided on as a whole. */
export const lockContract = (name: string, open: OpenStore): void => {
  describe(`${name}: locks`, () => {
    const subject = openForSuite(open);

    it('writes a turn under its next version only', async () => {
      const { store } = subject();
      const turn = aTurn({ fencing: 5 });
      expect(await store.getTurn(turn.key)).toBeUndefined();
      expect(await store.putTurn({ ...turn, version: 2 })).toBe(false);
      expect(await store.putTurn(turn)).toBe(true);
      expect(await store.putTurn({ ...turn, fencing: 6 })).toBe(false);
      expect(await store.putTurn({ ...turn, version: 2, fencing: 7 })).toBe(true);
      expect(await store.putTurn({ ...turn, version: 2, fencing: 8 })).toBe(false);
      expect(await store.getTurn(turn.key)).toEqual({ ...turn, version: 2, fencing: 7 });
    });

    it('lists turns, and reads some of them at once', async () => {
      const { store } = subject();
      const [one, other] = [aTurn(), aTurn()];
      await Promise.all([store.putTurn(one), store.putTurn(other)]);
      expect(await store.getTurns([other.key, 'nobody', one.key, one.key])).toEqual([other, one]);
      const listed = (await store.listTurns()).map((turn) => turn.key);
      expect(listed).toEqual(expect.arrayContaining([one.key, other.key]));
    });

    it('writes leases, reads many at once, and forgets them long after their last write', async () => {
      const { store, setNow } = subject();
      const leases = many(120).map(() => aLease());
      expect(await Promise.all(leases.map((lease) => store.putLease(lease)))).not.toContain(false);
      const [first] = leases;
      expect(await store.putLease({ ...first!, fencing: 3 })).toBe(false);
      expect(await store.getLeases([nodeId('unknown'), ...leases.map((lease) => lease.nodeId)])).toEqual(leases);
      expect(await store.getLeases([])).toEqual([]);
      setNow(nowMs + 91 * 86_400_000);
      try {
        expect(await store.getLeases([first!.nodeId])).toEqual([]);
        expect(await store.putLease({ ...first!, fencing: 9 })).toBe(true);
      } finally {
        setNow(nowMs);
      }
    });

    it('keeps budgets until they are taken away, and takes them away once', async () => {
      const { store } = subject();
      const [one, other] = [aBudget(newName()), aBudget(newName())];
      expect(await store.putBudget(one)).toBe(true);
      expect(await store.putBudget(one)).toBe(false);
      expect(await store.putBudget(other)).toBe(true);
      expect(await store.getBudget(one.name)).toEqual(one);
      expect(await store.listBudgets()).toEqual(expect.arrayContaining([one, other]));

      expect(await store.removeBudget({ ...one, version: 2 })).toBe(false);
      expect(await store.removeBudget(one)).toBe(true);
      expect(await store.removeBudget(one)).toBe(false);
      expect(await store.getBudget(one.name)).toBeUndefined();
      expect((await store.listBudgets()).map((budget) => budget.name)).not.toContain(one.name);
      expect(await store.putBudget(one)).toBe(true);
    });

    it('writes permits and leaves a parked token and a signal as they are', async () => {
      const { store } = subject();
      const permit = aPermit();
      expect(await store.putPermit(permit)).toBe(true);
      expect(await store.putPermit(permit)).toBe(false);
      expect(await store.parkPermitToken(permit, 'token')).toEqual({ signalled: false });
      expect(await store.putPermit({ ...permit, version: 2, state: 'held' })).toBe(true);
      expect(await store.getPermit(permit)).toEqual({ ...permit, version: 2, state: 'held' });

      expect(await store.signalPermit(permit)).toEqual({ token: 'token' });
      await store.beginPermitLook(permit);
      expect(await store.signalPermit(permit)).toEqual({});
      expect(await store.parkPermitToken(permit, 'next')).toEqual({ signalled: true });
    });

    it('knows no token of a batch without a permit', async () => {
      const { store } = subject();
      const key = { runId: newRunId(), batchId: batchId() };
      expect(await store.signalPermit(key)).toEqual({});
      await store.beginPermitLook(key);
      await expect(store.parkPermitToken(key, 'token')).rejects.toMatchObject({ code: 'record.missing' });
      expect(await store.getPermit(key)).toBeUndefined();
      expect(await store.putPermit(aPermit({ ...key, version: 2 }))).toBe(false);
    });

    it('lists the permits of a run and of a slice by number, and of nothing else', async () => {
      const { store } = subject();
      const runId = newRunId();
      const [first, tenth] = [sliceId({ pass: 1 }), sliceId({ pass: 10 })];
      const ids = [...[10, 2, 0].map((n) => batchId(n, first)), batchId(0, tenth)];
      for (const id of ids) await store.putPermit(aPermit({ runId, batchId: id }));
      await store.putPermit(aPermit({ batchId: batchId(0, first) }));
      const listed = async (slice?: typeof first) => (await store.listPermits(runId, slice)).map((one) => one.batchId);
      expect(await listed(first)).toEqual([0, 2, 10].map((n) => batchId(n, first)));
      expect(await listed(tenth)).toEqual([batchId(0, tenth)]);
      expect((await listed()).sort()).toEqual(ids.toSorted());
      const keysOf = ids.map((id) => ({ runId, batchId: id }));
      expect(
        (await store.getPermits([{ runId: newRunId(), batchId: batchId() }, ...keysOf])).map((one) => one.batchId),
      ).toEqual(ids);
    });

    it('notes runs that may have permits, until they are taken back', async () => {
      const { store } = subject();
      const [one, other] = [newRunId(), newRunId()];
      for (const runId of [one, other, one]) await store.notePermitUser(runId);
      expect((await store.listPermitUsers()).filter((id) => id === one || id === other)).toEqual([one, other]);
      await store.forgetPermitUser(one);
      expect(await store.listPermitUsers()).not.toContain(one);
    });
  });

  describe(`${name}: races for locks`, () => {
    const subject = openForSuite(open);
    const clock = { now: () => nowMs };

    it('never lets more runs go on than the limit, and numbers their turns without a repeat', async () => {
      const { store } = subject();
      const key = newKey();
      const runs = many(24).map(() => newRunId());
      let [going, most] = [0, 0];
      const fencings: number[] = [];
      const take = async (runId: (typeof runs)[number]): Promise<void> => {
        const who = { runId, attempt: 1, jobName: 'roll', actor: 'ann' };
        for (;;) {
          const { answer } = await changeLocked(turnRecord({ store }, key), (turn) => {
            const asked = { who, settings: { limit: 3 }, whenFull: 'wait' as const, nowMs: clock.now() };
            const decision = askTurn(turn, { ...asked, holdMs: 60_000, waitMs: 60_000 });
            return { record: decision.turn, answer: decision.answer };
          });
          if (answer.kind !== 'held') continue;
          going += 1;
          most = Math.max(most, going);
          fencings.push(answer.fencing);
          for (const _ of many(20)) await store.getTurn(key);
          going -= 1;
          await changeLocked(turnRecord({ store }, key), (turn) => ({ record: leaveTurn(turn, who) }));
          return;
        }
      };

      await Promise.all(runs.map(take));

      expect(most).toBeLessThanOrEqual(3);
      expect(most).toBeGreaterThan(1);
      expect(new Set(fencings).size).toBe(runs.length);
      expect(await store.getTurn(key)).toMatchObject({ holders: [], waiters: [], tickets: expect.any(Number) });
    });

    it('gives a node to one of many that want it at once', async () => {
      const { store } = subject();
      const lease = aLease({ version: 0 });
      const asks = many(20).map((n) => ({
        ...{ runId: newRunId(), batchId: batchId(), jobName: 'roll', permit: n, nowMs, waitMs: 60_000 },
        askedAt: sampleTime,
      }));
      const won = await Promise.all(
        asks.map(async (ask) => {
          const read = (await store.getLeases([lease.nodeId]))[0] ?? lease;
          const answer = askLease(read, ask, () => true);
          return answer.kind === 'granted' && (await store.putLease({ ...answer.lease, version: read.version + 1 }));
        }),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.getLeases([lease.nodeId]))[0]?.holders).toHaveLength(1);
    });

    it('never gives away more of a budget than there is, and loses nothing that is given back', async () => {
      const { store } = subject();
      const budget = newName();
      const runId = newRunId();
      let [used, most] = [0, 0];
      const take = async (n: number): Promise<void> => {
        const nodes = 1 + (n % 4);
        const key = { runId, batchId: batchId(n) };
        const ask = { ...key, jobName: 'roll', permit: n, nowMs, waitMs: 60_000, nodes, limit: 7, askedAt: later(n) };
        for (;;) {
          const { answer } = await changeLocked(budgetUse({ store }, budget), (use) => {
            const given = askShare(use, ask);
            return { record: given.use, answer: given };
          });
          if (answer.kind === 'refused') continue;
          used += nodes;
          most = Math.max(most, used);
          for (const _ of many(20)) await store.getBudgetUse(budget);
          used -= nodes;
          await changeLocked(budgetUse({ store }, budget), (use) => ({ record: returnShare(use, key, false) }));
          return;
        }
      };

      await Promise.all(many(16).map(take));

      expect(most).toBeLessThanOrEqual(7);
      expect(most).toBeGreaterThan(1);
      expect(await store.getBudgetUse(budget)).toMatchObject({ shares: [], waiters: [] });
    });
  });
};
