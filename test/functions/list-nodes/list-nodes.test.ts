import { describe, expect, it } from 'vitest';
import { listNodes } from '#functions/list-nodes/list-nodes.ts';
import { host, hosts } from '#test/kit/rig.ts';

describe('listNodes', () => {
  it('pages through the nodes by id, and holds its place when nodes come and go', async () => {
    let nodes = hosts(5);
    const list = listNodes({ inventory: { list: async () => nodes } });

    const first = await list({ limit: 2 });
    nodes = [host('i-000'), ...nodes.filter((node) => node.id !== 'i-002')];
    const second = await list({ limit: 2, cursor: first.cursor });
    const third = await list({ limit: 2, cursor: second.cursor });

    expect([first, second, third].map((page) => page.items.map((node) => node.id))).toEqual([
      ['i-001', 'i-002'],
      ['i-003', 'i-004'],
      ['i-005'],
    ]);
    expect(third.cursor).toBeUndefined();
  });

  it('gives no cursor with a page that ends the list', async () => {
    expect(await listNodes({ inventory: { list: async () => hosts(2) } })({ limit: 2 })).not.toHaveProperty('cursor');
  });

  it('gives the nodes that fulfil a condition, and refuses one that is none', async () => {
    const nodes = [host('i-1'), host('i-2', { online: false }), host('i-3', { region: 'eu-west-2' })];
    const list = listNodes({ inventory: { list: async () => nodes } });

    const { items } = await list({ limit: 10, where: 'node.region == "eu-west-1"' });

    expect(items.map((node) => [node.id, node.online])).toEqual([
      ['i-1', true],
      ['i-2', false],
    ]);
    await expect(list({ limit: 10, where: 'node.region ==' })).rejects.toMatchObject({ code: 'expression.invalid' });
  });
});
