import { describe, expect, test } from 'vitest';
import { makeNode } from '#test/functions/api/hand-made-services.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { cli, startOfTime } from '../../test-host.ts';

describe('drover nodes list', () => {
  test('prints the inventory, page after page', async () => {
    const asked: unknown[] = [];
    const services = {
      listNodes: async (query: { cursor?: string | undefined }) => {
        asked.push(query);
        return query.cursor === undefined
          ? { items: [makeNode()], cursor: 'i-1', readAt: fixedReadAt }
          : { items: [{ ...makeNode('i-2', '数据库', {}), online: false, port: 8080 }], readAt: fixedReadAt };
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
      listNodes: async () => ({
        items: [makeNode(), { ...makeNode('i-2', 'b', {}), account: '222222222222' }],
        readAt: fixedReadAt,
      }),
    };
    const { stdout } = await cli(['nodes', 'list'], { services });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[4])).toEqual([
      ...['ACCOUNT', 'own', '222222222222', undefined],
    ]);
  });

  test('JSON has the nodes of the API', async () => {
    expect(JSON.parse((await cli(['nodes', 'list', '-o', 'json'])).stdout)).toEqual({
      items: [makeNode()],
      readAt: fixedReadAt,
    });
  });

  test('says how old what it shows is, and has the clouds read at once when asked to', async () => {
    const asked: unknown[] = [];
    const ago = (seconds: number) => new Date(startOfTime - seconds * 1000).toISOString();
    const services = {
      listNodes: async (query: { refresh?: boolean | undefined }) => {
        asked.push(query.refresh);
        return { items: [makeNode()], readAt: query.refresh ? ago(0) : ago(754) };
      },
    };
    const kept = await cli(['nodes', 'list'], { services });
    const fresh = await cli(['nodes', 'list', '--refresh'], { services });
    expect(asked).toEqual([undefined, true]);
    expect(kept.stderr).toBe('as of 12m34s ago\n');
    expect(fresh.stderr).toBe('as of now\n');
  });

  test('warns when the clouds cannot be read and the list is an older one', async () => {
    const services = {
      listNodes: async () => ({ items: [makeNode()], readAt: fixedReadAt, problem: 'ECS does not answer' }),
    };
    const { stdout, stderr, exitCode } = await cli(['nodes', 'list'], { services });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('web-1');
    expect(stderr).toMatch(/warning the clouds cannot be read now, so this is as of .*: ECS does not answer/);
  });
});
