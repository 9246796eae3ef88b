import { describe, expect, it } from 'vitest';
import { obtainPermit } from '#functions/invoke-operation/obtain-permit.ts';
import type { PermitDeps, PermitWish } from '#functions/invoke-operation/permit-wish.ts';
import { endPermit } from '#functions/records/end-permit.ts';
import { lifeOf, permitName } from '#shared/lock/permit.ts';
import { type BatchId, formatBatchId, type NodeId, type RunId } from '#shared/model/ids.ts';
import { type Rig, useRigs } from '#test/kit/rig.ts';
import { aBatch, aNode, aProgress, aSlice, newRunId, nodeId, sliceId } from '#test/kit/store-samples.ts';

const newRig = useRigs();
let suffix = 0;

/** Nodes and budgets of one test: others use the same table. */
const world = (rig: Rig) => {
  suffix += 1;
  const name = (n: number): NodeId => nodeId(`w${suffix}-n${n}`);
  const budget = `w${suffix}`;
  const deps: PermitDeps = { store: rig.store, engine: rig.engine, clock: rig.clock };
  const batches: PermitWish[] = [];
  return {
    deps,
    budget,
    nodes: name,
    batches,
    putBudget: (max: number) =>
      rig.store.putBudget({
        ...{ name: budget, where: 'true', max, version: 1, updatedBy: 'ann' },
        updatedAt: new Date(rig.clock.now()).toISOString(),
      }),
    /** A batch of a run on nodes, as it is stored. */
    batch: async (
      nodes: readonly number[],
      more: Partial<PermitWish> & { readonly runId?: RunId; readonly index?: number; readonly shares?: boolean } = {},
    ): Promise<PermitWish> => {
      const { runId = newRunId(), index = 0, shares = false, ...wish } = more;
      const batchId: BatchId = formatBatchId(sliceId({ pass: index }), 0);
      const slice = aSlice(runId, { sliceId: sliceId({ pass: index }) });
      const record = aBatch(
        runId,
        batchId,
        nodes.map((n) => aNode(name(n))),
      );
      await rig.store.openSlice(slice, [{ batch: record, progress: aProgress(runId, batchId) }]);
      const made: PermitWish = {
        ...{ key: { runId, batchId }, jobName: 'roll', nodeIds: nodes.map(name), budgets: [], needMs: 60_000 },
        ...(shares ? {} : { exclusive: { onLeased: 'wait' } as const }),
        ...wish,
      };
      batches.push(made);
      return made;
    },
  };
};

type World = ReturnType<typeof world>;

/** Batches that have a node now. */
const holdersOf = async ({ deps }: World, node: NodeId): Promise<readonly string[]> => {
  const [lease] = await deps.store.getLeases([node]);
  const permits = new Map((await deps.store.getPermits(lease?.holders ?? [])).map((one) => [permitName(one), one]));
  return (lease?.holders ?? [])
    .filter((one) => lifeOf(one, permits.get(permitName(one)), deps.clock.now()) === 'counts')
    .map(permitName);
};

const used = async ({ deps, budget }: World): Promise<number> =>
  ((await deps.store.getBudgetUse(budget))?.shares ?? []).reduce((sum, share) => sum + share.nodes, 0);

describe('obtainPermit', () => {
  it('gets nothing any more when the batch has come to its end, and leaves nothing taken', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(2);
    const a = await w.batch([1, 2], { shares: true, budgets: [{ name: w.budget, total: 10 }] });
    await obtainPermit(w.deps, a);
    await endPermit(w.deps, a.key);
    await expect(obtainPermit(w.deps, a)).rejects.toMatchObject({ code: 'store.conflict' });
    expect(await used(w)).toBe(0);
  });

  it('gives back what it took while the batch came to its end', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(2);
    const a = await w.batch([1, 2], { shares: true, budgets: [{ name: w.budget, total: 10 }] });
    let isOver = false;
    const store = {
      ...w.deps.store,
      // The end comes between the permit and the share.
      getBudget: async (name: string) => {
        if (!isOver) await endPermit(w.deps, a.key);
        isOver = true;
        return w.deps.store.getBudget(name);
      },
    };
    await expect(obtainPermit({ ...w.deps, store }, a)).rejects.toMatchObject({ code: 'store.conflict' });
    expect(await used(w)).toBe(0);
  });

  it('leases all nodes or none, and makes the later one wait', async () => {
    const rig = newRig();
    const w = world(rig);
    const [a, b] = [await w.batch([1, 2]), await w.batch([2, 3])];
    expect(await obtainPermit(w.deps, a)).toEqual({ kind: 'held', givenUp: [] });

    expect(await obtainPermit(w.deps, b)).toEqual({ kind: 'wait', look: 10 });

    expect(await holdersOf(w, w.nodes(3))).toEqual([]);
    await rig.store.parkPermitToken(b.key, 'token of b');
    await endPermit(w.deps, a.key);
    expect(rig.engine.completed).toEqual(['token of b']);
    expect(await obtainPermit(w.deps, b)).toEqual({ kind: 'held', givenUp: [] });
    expect(await holdersOf(w, w.nodes(2))).toEqual([permitName(b.key)]);
  });

  it('writes one lease per node and little else, and nothing more for the next operation soon after', async () => {
    const rig = newRig();
    const w = world(rig);
    const nodes = Array.from({ length: 50 }, (_, n) => n);
    const a = await w.batch(nodes);
    let writes = 0;
    const counted: PermitDeps['store'] = {
      ...rig.store,
      putLease: (lease) => {
        writes += 1;
        return rig.store.putLease(lease);
      },
      putPermit: (permit) => {
        writes += 1;
        return rig.store.putPermit(permit);
      },
    };
    const deps = { ...w.deps, store: counted };
    await obtainPermit(deps, a);
    expect(writes).toBe(52);
    rig.clock.advance(300);
    await obtainPermit(deps, a);
    expect(writes).toBe(52);
    rig.clock.advance(600);
    await obtainPermit(deps, a);
    expect(writes).toBe(53);
    await endPermit(deps, a.key);
    expect(writes).toBe(54);
  });

  it('takes over from a batch that was not heard of, which learns of it before it sends again', async () => {
    const rig = newRig();
    const w = world(rig);
    const [a, b] = [await w.batch([1, 2]), await w.batch([2])];
    await obtainPermit(w.deps, a);
    await obtainPermit(w.deps, b);
    rig.clock.advance(60 + 600 - 1);
    expect((await obtainPermit(w.deps, b)).kind).toBe('wait');
    rig.clock.advance(2);
    expect(await obtainPermit(w.deps, b)).toEqual({ kind: 'held', givenUp: [] });

    expect((await obtainPermit(w.deps, a)).kind).toBe('wait');
    expect(await rig.store.getPermit(a.key)).toMatchObject({ state: 'waiting' });
    expect(await holdersOf(w, w.nodes(1))).toEqual([]);
    await endPermit(w.deps, b.key);
    expect((await obtainPermit(w.deps, a)).kind).toBe('held');
    const [lease] = await rig.store.getLeases([w.nodes(2)]);
    expect(lease?.holders).toMatchObject([{ runId: a.key.runId }]);
  });

  it('keeps a permit whose time is over while nobody wants it', async () => {
    const rig = newRig();
    const w = world(rig);
    const a = await w.batch([1]);
    await obtainPermit(w.deps, a);
    const before = await rig.store.getPermit(a.key);
    rig.clock.advance(86_400);
    expect((await obtainPermit(w.deps, a)).kind).toBe('held');
    expect((await rig.store.getPermit(a.key))?.fencing).toBe(before?.fencing);
  });

  it('looks again soon when another batch is taking the nodes just now', async () => {
    const rig = newRig();
    const w = world(rig);
    const [a, b] = [await w.batch([1, 2]), await w.batch([2])];
    let answer: unknown;
    const store: PermitDeps['store'] = {
      ...rig.store,
      putPermit: async (permit) => {
        // Just before A says that it holds everything.
        if (permit.state === 'held') answer = await obtainPermit(w.deps, b);
        return rig.store.putPermit(permit);
      },
    };
    expect((await obtainPermit({ ...w.deps, store }, a)).kind).toBe('held');
    expect(answer).toEqual({ kind: 'wait', look: 1 });
  });

  it('gives up nodes of other runs once its patience is over, and has the others', async () => {
    const rig = newRig();
    const w = world(rig);
    const a = await w.batch([1]);
    const b = await w.batch([1, 2], { exclusive: { onLeased: 'skip', patienceMs: 30_000 } });
    await obtainPermit(w.deps, a);
    expect((await obtainPermit(w.deps, b)).kind).toBe('wait');
    rig.clock.advance(30);
    expect(await obtainPermit(w.deps, b)).toMatchObject({
      kind: 'held',
      givenUp: [{ nodeId: w.nodes(1), status: 'skipped', reason: expect.stringContaining('still after 30.0s') }],
    });
    expect(await holdersOf(w, w.nodes(2))).toEqual([permitName(b.key)]);
  });

  it('holds no share of a budget while it waits for nodes, and no node while it waits for a budget', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(3);
    const budgets = [{ name: w.budget, total: 10 }];
    const [a, b, c] = [await w.batch([1]), await w.batch([1, 2], { budgets }), await w.batch([3, 4], { budgets })];
    await obtainPermit(w.deps, a);

    expect((await obtainPermit(w.deps, b)).kind).toBe('wait');

    expect(await used(w)).toBe(0);
    expect((await obtainPermit(w.deps, c)).kind).toBe('held');
    await endPermit(w.deps, a.key);
    expect((await obtainPermit(w.deps, b)).kind).toBe('wait');
    expect(await holdersOf(w, w.nodes(2))).toEqual([]);
    expect((await rig.store.getPermit(b.key))?.waitingFor).toMatchObject({ kind: 'budget', name: w.budget, nodes: 2 });
    await rig.store.parkPermitToken(b.key, 'token of b');
    await endPermit(w.deps, c.key);
    expect(rig.engine.completed).toContain('token of b');
    expect((await obtainPermit(w.deps, b)).kind).toBe('held');
    expect(await used(w)).toBe(2);
  });

  it('takes the share of a batch that was not heard of', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(3);
    const shared = { budgets: [{ name: w.budget, total: 10 }] };
    const [a, b] = [await w.batch([1, 2], shared), await w.batch([3, 4], shared)];
    await obtainPermit(w.deps, a);
    expect((await obtainPermit(w.deps, b)).kind).toBe('wait');
    rig.clock.advance(3600);
    expect((await obtainPermit(w.deps, b)).kind).toBe('held');
    expect(await used(w)).toBe(2);
    expect(await rig.store.getPermit(a.key)).toMatchObject({ state: 'ended', ended: { how: 'expired' } });
    expect((await obtainPermit(w.deps, a)).kind).toBe('wait');
  });

  it('says that a batch is too big for a budget that was lowered, and has nothing then', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(1);
    const a = await w.batch([1, 2], { budgets: [{ name: w.budget, total: 10 }] });
    expect(await obtainPermit(w.deps, a)).toEqual({ kind: 'tooBig' });
    expect(await used(w)).toBe(0);
    expect(await holdersOf(w, w.nodes(1))).toEqual([]);
  });

  it('is not held up by a budget that was taken away', async () => {
    const w = world(newRig());
    const a = await w.batch([1], { budgets: [{ name: 'gone', total: 10 }] });
    expect((await obtainPermit(w.deps, a)).kind).toBe('held');
  });
});

/** A store that dies at its n-th write: before or after it took effect. */
const dying = (rig: Rig, at: number, effect: 'before' | 'after') => {
  let writes = 0;
  const mortal =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      writes += 1;
      if (writes === at && effect === 'before') throw new Error('died');
      const answer = await write(...args);
      if (writes >= at) throw new Error('died');
      return answer;
    };
  const { putLease, putPermit, putBudgetUse, signalPermit, beginPermitLook } = rig.store;
  const store: PermitDeps['store'] = {
    ...rig.store,
    ...{ putLease: mortal(putLease), putPermit: mortal(putPermit), putBudgetUse: mortal(putBudgetUse) },
    ...{ signalPermit: mortal(signalPermit), beginPermitLook: mortal(beginPermitLook) },
  };
  return { store, died: () => writes >= at };
};

describe('a task that dies at any write, and is delivered again', () => {
  it.each(['before', 'after'] as const)(
    'has its permit, once, when it died while taking it, %s a write',
    async (effect) => {
      for (let at = 1; ; at += 1) {
        const rig = newRig();
        const w = world(rig);
        await w.putBudget(3);
        const a = await w.batch([1, 2, 3], { budgets: [{ name: w.budget, total: 10 }] });
        const { store, died } = dying(rig, at, effect);
        await obtainPermit({ ...w.deps, store }, a).catch(() => undefined);
        rig.clock.advance(5);

        expect((await obtainPermit(w.deps, a)).kind).toBe('held');

        expect(await used(w)).toBe(3);
        for (const n of [1, 2, 3]) expect(await holdersOf(w, w.nodes(n))).toEqual([permitName(a.key)]);
        if (!died()) return expect(at).toBeGreaterThan(5);
      }
    },
  );

  it.each(['before', 'after'] as const)(
    'has given everything back when it died while ending it, %s a write',
    async (effect) => {
      for (let at = 1; ; at += 1) {
        const rig = newRig();
        const w = world(rig);
        await w.putBudget(2);
        const shared = { budgets: [{ name: w.budget, total: 10 }] };
        const [a, b] = [await w.batch([1, 2], shared), await w.batch([2], shared)];
        await obtainPermit(w.deps, a);
        await obtainPermit(w.deps, b);
        const { store, died } = dying(rig, at, effect);
        await endPermit({ ...w.deps, store }, a.key).catch(() => undefined);

        await endPermit(w.deps, a.key);

        expect(await used(w)).toBe(0);
        expect((await obtainPermit(w.deps, b)).kind).toBe('held');
        if (!died()) return expect(at).toBeGreaterThan(2);
      }
    },
  );

  it('has what it waits for, or nothing, when it died while it was refused', async () => {
    for (let at = 1; ; at += 1) {
      const rig = newRig();
      const w = world(rig);
      await w.putBudget(4);
      const shared = { budgets: [{ name: w.budget, total: 10 }] };
      const [a, b] = [await w.batch([1, 2], shared), await w.batch([2, 3], shared)];
      await obtainPermit(w.deps, a);
      const { store, died } = dying(rig, at, 'after');
      await obtainPermit({ ...w.deps, store }, b).catch(() => undefined);

      expect((await obtainPermit(w.deps, b)).kind).toBe('wait');
      expect(await used(w)).toBe(2);
      expect(await holdersOf(w, w.nodes(3))).toEqual([]);
      if (!died()) return expect(at).toBeGreaterThan(3);
    }
  });
});

describe('many batches at once', () => {
  it('never share a node with another run nor exceed a budget, and all get on, with every task delivered twice at once', async () => {
    const rig = newRig();
    const w = world(rig);
    await w.putBudget(5);
    const shared = { budgets: [{ name: w.budget, total: 10 }] };
    const random = seeded(7);
    const pick = () =>
      Array.from({ length: 8 }, (_, n) => n)
        .filter(() => random() < 0.4)
        .slice(0, 5);
    const wishes = await Promise.all(
      Array.from({ length: 18 }, async (_, n) => {
        const nodes = [n % 8, ...pick().filter((one) => one !== n % 8)].slice(0, 4);
        return w.batch(nodes, { ...(n % 3 === 0 ? {} : shared), shares: n % 3 === 1 });
      }),
    );
    const working = new Map<NodeId, string>();
    let underBudget = 0;
    const work = async (wish: PermitWish): Promise<void> => {
      for (let turn = 0; turn < 400; turn += 1) {
        const [answer] = await Promise.all([obtainPermit(w.deps, wish), obtainPermit(w.deps, wish)]);
        if (answer.kind !== 'held') continue;
        for (const node of wish.exclusive === undefined ? [] : wish.nodeIds) {
          expect(working.get(node)).toBeUndefined();
          working.set(node, permitName(wish.key));
        }
        underBudget += wish.budgets.length > 0 ? wish.nodeIds.length : 0;
        expect(underBudget).toBeLessThanOrEqual(5);
        for (const _ of [1, 2, 3]) await rig.store.getPermit(wish.key);
        for (const node of wish.exclusive === undefined ? [] : wish.nodeIds) working.delete(node);
        underBudget -= wish.budgets.length > 0 ? wish.nodeIds.length : 0;
        await Promise.all([endPermit(w.deps, wish.key), endPermit(w.deps, wish.key)]);
        return;
      }
      throw new Error(`Batch ${permitName(wish.key)} never got on`);
    };

    await Promise.all(wishes.map(work));

    expect(await used(w)).toBe(0);
    expect((await rig.store.getBudgetUse(w.budget))?.waiters).toEqual([]);
  });
});

/** A small generator of pseudo-random numbers in [0, 1). */
const seeded = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};
