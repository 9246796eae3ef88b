import { describe, expect, it } from 'vitest';
import { hosts, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();
let count = 0;
const newName = () => {
  count += 1;
  return `kept-${count}`;
};
const where = 'node.tags.role == "h"';
const put = (rig: Rig, name: string, more: object = {}) =>
  rig.services.putBudget(name, { where, max: '50%', ...more }, 'ann');
const listed = async (rig: Rig, name: string) =>
  (await rig.services.listBudgets()).items.find((one) => one.name === name);

describe('disruption budgets', () => {
  it('are made, replaced, listed with what they come to, and taken away', async () => {
    const rig = newRig(hosts(5));
    const name = newName();
    expect(await put(rig, name, { description: 'the shop' })).toEqual({
      ...{ name, where, max: '50%', description: 'the shop', nodes: 5, limit: 2, used: 0 },
      ...{ updatedAt: new Date(rig.clock.now()).toISOString(), updatedBy: 'ann' },
    });
    rig.clock.advance(5);
    await rig.services.putBudget(name, { where: 'node.name == "h-1"', max: 7 }, 'bob');
    expect(await listed(rig, name)).toMatchObject({ max: 7, nodes: 1, limit: 7, updatedBy: 'bob' });
    expect(await listed(rig, name)).not.toHaveProperty('description');

    expect(await rig.services.removeBudget(name, 'ann')).toMatchObject({ name, max: 7 });
    expect(await listed(rig, name)).toBeUndefined();
    await expect(rig.services.removeBudget(name, 'ann')).rejects.toMatchObject({ code: 'budget.not-found' });
    expect(await put(rig, name)).toMatchObject({ name, limit: 2 });
    await rig.services.removeBudget(name, 'ann');
  });

  it.each([
    ['a name that is none', 'a b', { where: 'true' }, 'request.invalid'],
    ['a condition that is none', 'x', { where: 'node.' }, 'expression.invalid'],
    ['a condition over more than the node', 'x', { where: 'params.a == "b"' }, 'request.invalid'],
    ['an unknown field', 'x', { where: 'node.tgas.a == "b"' }, 'expression.invalid'],
  ])('are refused for %s', async (...[, name, more, code]) => {
    await expect(put(newRig(), name, more)).rejects.toMatchObject({ code });
  });

  it('count a node for which the condition has no value as one of theirs', async () => {
    const rig = newRig(hosts(3));
    const name = newName();
    expect(await put(rig, name, { where: 'int(node.tags.role) > 3' })).toMatchObject({ nodes: 3 });
    await rig.services.removeBudget(name, 'ann');
  });

  it('wake those that wait when they are changed', async () => {
    const rig = newRig();
    const name = newName();
    await put(rig, name);
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'o', run: 'true' }] }] }]);
    const key = { runId, batchId: 'a1-g0-s0-p0-x0-b0' as never };
    const at = new Date(rig.clock.now()).toISOString();
    const until = new Date(rig.clock.now() + 60_000).toISOString();
    await rig.store.putPermit({
      ...{ ...key, jobName: 'roll', version: 1, fencing: 1, state: 'waiting', askedAt: at, until: at, nodeCount: 1 },
      ...{ exclusive: false, budgets: [name] },
    });
    await rig.store.parkPermitToken(key, 'waiting');
    await rig.store.putBudgetUse({
      ...{ name, version: 1, shares: [] },
      waiters: [{ ...key, askedAt: at, until, nodes: 1, limit: 0 }],
    });
    await put(rig, name, { max: 3 });
    expect(rig.engine.completed).toEqual(['waiting']);
    await rig.services.removeBudget(name, 'ann');
    expect(rig.engine.completed).toEqual(['waiting', 'waiting']);
  });
});
