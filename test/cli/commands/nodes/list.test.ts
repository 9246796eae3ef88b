import { describe, expect, test } from 'vitest';
import { makeNode } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

describe('drover nodes list', () => {
  test('prints the inventory, page after page', async () => {
    const asked: unknown[] = [];
    const services = {
      listNodes: async (query: { cursor?: string | undefined }) => {
        asked.push(query);
        return query.cursor === undefined
          ? { items: [makeNode()], cursor: 'i-1' }
          : { items: [{ ...makeNode('i-2', '数据库', {}), online: false, port: 8080 }] };
      },
    };
    const { stdout } = await cli(['nodes', 'list', '--where', 'node.os == "linux"'], { services });
    expect(asked).toEqual([
      { limit: 1000, where: 'node.os == "linux"' },
      { limit: 1000, where: 'node.os == "linux"', cursor: 'i-1' },
    ]);
    expect(stdout).toBe(
      [
        'NODE  NAME    HOST           AGENT  REGION     OS     ONLINE  TAGS',
        'i-1   web-1   10.0.0.1       aws    eu-west-1  linux  yes     app=shop',
        'i-2   数据库  10.0.0.1:8080  aws    eu-west-1  linux  no',
        '',
      ].join('\n'),
    );
  });

  test('names accounts where there is more than the own one', async () => {
    const services = {
      listNodes: async () => ({ items: [makeNode(), { ...makeNode('i-2', 'b', {}), account: '222222222222' }] }),
    };
    const { stdout } = await cli(['nodes', 'list'], { services });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[4])).toEqual([
      ...['ACCOUNT', 'own', '222222222222', undefined],
    ]);
  });

  test('JSON has the nodes of the API', async () => {
    expect(JSON.parse((await cli(['nodes', 'list', '-o', 'json'])).stdout)).toEqual({ items: [makeNode()] });
  });
});
