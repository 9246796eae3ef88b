import { describe, expect, it } from 'vitest';
import { listNodes } from '#functions/list-nodes/list-nodes.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { Inventory, InventoryReading } from '#shared/ports/services.ts';
import { emptyLibrary } from '#test/kit/empty-library.ts';
import { fixedInventory, fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { host, hosts } from '#test/kit/rig.ts';

/** An inventory that reads when it is asked to, and keeps every reading. */
const keptInventory = (nodes: () => readonly InventoryNode[]): Inventory => {
  const kept = new Map<string, InventoryReading>();
  const read = (): InventoryReading => {
    const id = String(kept.size).padStart(64, '0');
    const readAt = new Date(Date.parse(fixedReadAt) + kept.size * 1000).toISOString();
    const reading = { id, nodes: nodes(), readAt, fresh: true };
    kept.set(id, reading);
    return reading;
  };
  return { ...fixedInventory(nodes), list: async () => read(), again: async (id) => kept.get(id) };
};

describe('listNodes', () => {
  it('pages through the nodes of one reading, whatever comes and goes meanwhile', async () => {
    const inventory = keptInventory(() => nodes);
    let nodes = hosts(5);
    const list = listNodes({ ...emptyLibrary(), inventory });

    const first = await list({ limit: 2 });
    nodes = [host('i-000'), ...nodes.filter((node) => node.id !== 'i-003')];
    const other = await list({ limit: 1, refresh: true });
    const second = await list({ limit: 2, cursor: first.cursor, refresh: true });
    const third = await list({ limit: 2, cursor: second.cursor });

    expect([first, second, third].map((page) => page.items.map((node) => node.id))).toEqual([
      ['i-001', 'i-002'],
      ['i-003', 'i-004'],
      ['i-005'],
    ]);
    expect(other.items.map(({ id }) => id)).toEqual(['i-000']);
    expect(new Set([first, second, third].map(({ readAt }) => readAt)).size).toBe(1);
    expect(third.cursor).toBeUndefined();
  });

  it('goes on in another reading at its place when the first one is kept no longer', async () => {
    let nodes = hosts(5);
    const list = listNodes({ ...emptyLibrary(), inventory: fixedInventory(() => nodes) });

    const first = await list({ limit: 2 });
    nodes = [host('i-000'), ...nodes.filter((node) => node.id !== 'i-003')];
    const second = await list({ limit: 2, cursor: first.cursor });

    expect(second.items.map((node) => node.id)).toEqual(['i-004', 'i-005']);
  });

  it('refuses a cursor of something else', async () => {
    const list = listNodes({ ...emptyLibrary(), inventory: fixedInventory(() => hosts(2)) });
    await expect(list({ limit: 2, cursor: 'i-001' })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('gives no cursor with a page that ends the list', async () => {
    expect(
      await listNodes({ ...emptyLibrary(), inventory: fixedInventory(() => hosts(2)) })({ limit: 2 }),
    ).not.toHaveProperty('cursor');
  });

  it('gives the nodes that fulfil a condition, and refuses one that is none', async () => {
    const nodes = [host('i-1'), host('i-2', { online: false }), host('i-3', { region: 'eu-west-2' })];
    const list = listNodes({ ...emptyLibrary(), inventory: fixedInventory(() => nodes) });

    const { items } = await list({ limit: 10, where: 'node.region == "eu-west-1"' });

    expect(items.map((node) => [node.id, node.online])).toEqual([
      ['i-1', true],
      ['i-2', false],
    ]);
    await expect(list({ limit: 10, where: 'node.region ==' })).rejects.toMatchObject({ code: 'expression.invalid' });
  });
});
