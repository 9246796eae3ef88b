import { describe, expect, test } from 'vitest';
import { isAutoexecNodes, readInventory, readNodesFile } from '#cli/inputs/nodes-file.ts';
import { makeNode } from '#test/functions/api/hand-made-services.ts';

const file = (text: string) => ({ text, fileName: 'nodes.json' });
const inventory = [makeNode('i-1', 'web-1'), makeNode('i-2', 'web-2')];
const line = (id: string) => JSON.stringify({ id, name: id, host: 'h', agent: 'aws', region: 'r', instanceId: 'i-1' });
const notAsked = async () => {
  throw new Error('the inventory was asked');
};

describe('nodes files', () => {
  test('nodes of Drover are read line by line, two on one instance too, without the inventory', async () => {
    const nodes = await readNodesFile(file(`${line('a')}\n\n${line('b')}\n`), notAsked);
    expect(nodes.map(({ id, os, tags }) => ({ id, os, tags }))).toEqual([
      { id: 'a', os: 'linux', tags: {} },
      { id: 'b', os: 'linux', tags: {} },
    ]);
  });

  test('every wrong line is told with its number', async () => {
    const text = `${line('a')}\n{"id": "b"\n${line('c').replace('aws', 'gcp')}\n`;
    await expect(readNodesFile(file(text), notAsked)).rejects.toMatchObject({
      code: 'usage.invalid',
      message: 'nodes.json has 2 problems',
      places: [
        { file: 'nodes.json', line: 2, message: 'is not a JSON object on one line' },
        { file: 'nodes.json', line: 3, message: expect.stringContaining('agent') },
      ],
    });
    await expect(readNodesFile(file('\n'), notAsked)).rejects.toMatchObject({ message: 'nodes.json holds no node' });
  });

  test('nodes of autoexec get their instances from the inventory', async () => {
    const text =
      '{"totalCount": 1}\n{"resourceId": 77, "nodeName": "web-2", "nodeType": "tomcat", "host": "", "port": 8080}\n';
    expect(isAutoexecNodes(text)).toBe(true);
    expect(isAutoexecNodes(line('a'))).toBe(false);
    const [node] = await readNodesFile(file(text), async () => inventory);
    expect(node).toMatchObject({ id: '77', name: 'web-2', type: 'tomcat', port: 8080, instanceId: 'i-2' });
  });

  test('a node that the inventory does not have is an error', async () => {
    const text = '{"resourceId": 77, "nodeName": "web-9", "host": "1.2.3.4"}';
    await expect(readNodesFile(file(text), async () => inventory)).rejects.toMatchObject({
      code: 'import.node-unmatched',
    });
  });

  test('hosts files name instances by address or name, and how to log in does not matter', async () => {
    const known = inventory.map((node, index) => ({ ...node, host: `10.0.0.${index + 1}` }));
    const hosts = known.map(({ host }) => host);
    const text = `# shop\n${hosts[0]}:2222 root p:w\n\nweb-2 admin\r\n${hosts[0]}\n`;
    const nodes = await readNodesFile(file(text), async () => known);
    expect(nodes.map(({ id, name, host }) => [id, name, host])).toEqual(
      known.map(({ id, name, host }) => [id, name, host]),
    );
    await expect(readNodesFile(file(`${hosts[0]}\na b c d\n`), async () => known)).rejects.toMatchObject({
      code: 'import.invalid',
      places: [{ line: 2 }],
    });
    await expect(readNodesFile(file('10.9.9.9\n'), async () => known)).rejects.toMatchObject({
      code: 'import.node-unmatched',
      places: [{ line: 1, message: expect.stringContaining('10.9.9.9') }],
    });
  });

  test('a node that the inventory does not have yet is looked for in a new reading', async () => {
    const asked: boolean[] = [];
    const known = inventory.map((node, index) => ({ ...node, host: `10.0.0.${index + 1}` }));
    const nodes = await readNodesFile(file('10.0.0.2\n'), async (refresh) => {
      asked.push(refresh);
      return refresh ? known : known.slice(0, 1);
    });
    expect([asked, nodes.map(({ id }) => id)]).toEqual([[false, true], ['i-2']]);
  });

  test('the whole inventory is read, page after page', async () => {
    const asked: unknown[] = [];
    const nodes = await readInventory({
      listNodes: async (query = {}) => {
        asked.push(query.cursor);
        const readAt = '2026-01-02T03:04:05.000Z';
        return query.cursor === undefined
          ? { items: [inventory[0]!], cursor: 'i-1', readAt }
          : { items: [inventory[1]!], readAt };
      },
    });
    expect(nodes).toEqual(inventory);
    expect(asked).toEqual([undefined, 'i-1']);
  });
});
