import { describe, expect, test } from 'vitest';
import { agentStateOf, inventoryNodeSchema } from '#shared/model/node.ts';
import { inventoryOf } from './inventory-kit.ts';

const mixedFleet = `
instances:
  - {id: i-0aaaaaaaaaaaaaaaa, name: web-1, cloud: aws, region: eu-central-1, address: 10.0.0.1, tags: {app: shop, env: prod}}
  - {id: mi-0bbbbbbbbbbbbbbbb, name: plant-7, cloud: aws, region: eu-central-1, address: 10.0.0.2, os: windows}
  - {id: i-0cccccccccccccccc, name: off, cloud: aws, region: us-east-1, behaviour: {offline: true}}
  - {id: i-bpdddddddddddddddd, name: shop-hz, cloud: aliyun, region: cn-hangzhou, address: 10.1.0.1, tags: {app: shop}}
  - {id: i-bpeeeeeeeeeeeeeeee, name: shut, cloud: aliyun, region: cn-hangzhou, behaviour: {stopped: true}}
`;
const everywhere = {
  aws: [{ region: 'eu-central-1' }, { region: 'us-east-1' }],
  aliyun: [{ region: 'cn-hangzhou' }],
};

describe('the inventory of the clouds', () => {
  test('lists the instances of all regions of both clouds by id, as valid nodes', async () => {
    const { inventory } = await inventoryOf(mixedFleet, everywhere);
    const nodes = await inventory.list();
    expect(nodes.map(({ id }) => id)).toEqual([
      'i-0aaaaaaaaaaaaaaaa',
      'i-0cccccccccccccccc',
      'i-bpdddddddddddddddd',
      'i-bpeeeeeeeeeeeeeeee',
      'mi-0bbbbbbbbbbbbbbbb',
    ]);
    for (const node of nodes) expect(inventoryNodeSchema.parse(node)).toEqual(node);
  });

  test('knows name, address, tags and agent of an instance of AWS', async () => {
    const { inventory } = await inventoryOf(mixedFleet, everywhere);
    const node = (await inventory.list()).find(({ id }) => id === 'i-0aaaaaaaaaaaaaaaa');
    expect(node).toEqual({
      id: 'i-0aaaaaaaaaaaaaaaa',
      name: 'web-1',
      type: 'host',
      host: '10.0.0.1',
      agent: 'aws',
      region: 'eu-central-1',
      instanceId: 'i-0aaaaaaaaaaaaaaaa',
      os: 'linux',
      tags: { Name: 'web-1', app: 'shop', env: 'prod' },
      online: true,
      agentOutdated: false,
      agentVersion: expect.stringMatching(/^\d/),
      lastSeenAt: expect.stringMatching(/Z$/),
    });
  });

  test('knows name, address, tags and assistant of an instance of Alibaba Cloud', async () => {
    const { inventory } = await inventoryOf(mixedFleet, everywhere);
    const node = (await inventory.list()).find(({ id }) => id === 'i-bpdddddddddddddddd');
    expect(node).toEqual({
      id: 'i-bpdddddddddddddddd',
      name: 'shop-hz',
      type: 'host',
      host: '10.1.0.1',
      agent: 'aliyun',
      region: 'cn-hangzhou',
      instanceId: 'i-bpdddddddddddddddd',
      os: 'linux',
      tags: { app: 'shop' },
      online: true,
      agentVersion: expect.stringMatching(/^\d/),
      lastSeenAt: expect.stringMatching(/Z$/),
    });
  });

  test('knows who does not answer, and who runs Windows', async () => {
    const { inventory } = await inventoryOf(mixedFleet, everywhere);
    const nodes = await inventory.list();
    expect(nodes.filter(({ online }) => !online).map(({ name }) => name)).toEqual(['off', 'shut']);
    expect(nodes.filter(({ os }) => os === 'windows').map(({ name }) => name)).toEqual(['plant-7']);
  });

  test('tells instances without an agent, agents that are behind, and instances that are shut down', async () => {
    const fleet = `
instances:
  - {name: bare, cloud: aws, region: eu-central-1, tags: {app: shop}, behaviour: {noAgent: true}}
  - {name: behind, cloud: aws, region: eu-central-1, behaviour: {agentVersion: 3.1.0.0}}
  - {name: bare-hz, cloud: aliyun, region: cn-hangzhou, tags: {app: shop}, behaviour: {noAgent: true}}
  - {name: shut, cloud: aliyun, region: cn-hangzhou, behaviour: {stopped: true}}
  - {name: off, cloud: aliyun, region: cn-hangzhou, behaviour: {offline: true}}
`;
    const { inventory } = await inventoryOf(fleet, everywhere);
    const nodes = new Map((await inventory.list()).map((node) => [node.name, node]));
    for (const node of nodes.values()) expect(inventoryNodeSchema.parse(node)).toEqual(node);
    expect([...nodes.values()].map((node) => [node.name, agentStateOf(node)]).toSorted()).toEqual([
      ['bare', 'missing'],
      ['bare-hz', 'missing'],
      ['behind', 'online'],
      ['off', 'silent'],
      ['shut', 'silent'],
    ]);
    expect(nodes.get('bare')).toMatchObject({ agent: 'aws', tags: { app: 'shop' }, host: nodes.get('bare')?.id });
    expect(nodes.get('behind')).toMatchObject({ agentVersion: '3.1.0.0', agentOutdated: true });
    expect([...nodes.values()].filter(({ stopped }) => stopped).map(({ name }) => name)).toEqual(['shut']);
  });

  test('lists another account with its own credentials, and notes it on its nodes', async () => {
    const fleet = `
instances:
  - {name: ours, cloud: aws, region: eu-central-1, account: '111111111111'}
  - {name: theirs, cloud: aws, region: eu-central-1, account: '222222222222'}
  - {name: theirs-too, cloud: aliyun, region: cn-hangzhou, account: '222222222222'}
`;
    const account = '222222222222';
    const { inventory } = await inventoryOf(fleet, {
      aws: [{ region: 'eu-central-1', account }],
      aliyun: [{ region: 'cn-hangzhou', account }],
    });
    const found = (await inventory.list()).map((node) => `${node.name} ${node.account}`);
    expect(found.toSorted()).toEqual(['theirs 222222222222', 'theirs-too 222222222222']);
  });

  test('reads page after page, also when half of the calls are throttled and a tenth of the answers lost', async () => {
    const fleet = `
generate:
  - {name: 'a-{n}', count: 230, cloud: aws, region: eu-central-1, tags: {role: a}}
  - {name: 'b-{n}', count: 230, cloud: aliyun, region: cn-hangzhou, tags: {role: b}}
`;
    const { inventory, cloud } = await inventoryOf(fleet, everywhere);
    cloud.setFaults({ throttle: 0.5, dropResponse: 0.1 });
    const nodes = await inventory.list();
    expect(nodes.filter(({ tags, online }) => tags['role'] === 'a' && online)).toHaveLength(230);
    expect(nodes.filter(({ tags, online }) => tags['role'] === 'b' && online)).toHaveLength(230);
  });

  test('fails as a whole when one region cannot be read, rather than leave its instances out', async () => {
    const { inventory, cloud } = await inventoryOf(mixedFleet, everywhere);
    cloud.setFaults({ throttle: 1, throttleActions: ['DescribeInstances'] });
    await expect(inventory.list()).rejects.toMatchObject({
      code: 'inventory.unavailable',
      message: expect.stringContaining('cn-hangzhou'),
      cause: { code: 'agent.throttled' },
    });
    cloud.setFaults({});
    await expect(inventory.list()).resolves.toHaveLength(5);
  });

  test('refuses an account without credentials', async () => {
    const { inventory } = await inventoryOf(mixedFleet, { aws: [{ region: 'eu-central-1', account: '999' }] });
    await expect(inventory.list()).rejects.toMatchObject({ code: 'agent.unknown-placement' });
  });

  test('lists 10,000 instances with the fewest calls that the page sizes allow', async () => {
    const fleet = `
generate:
  - {name: 'a-{n}', count: 5000, cloud: aws, region: eu-central-1}
  - {name: 'b-{n}', count: 5000, cloud: aliyun, region: cn-hangzhou}
`;
    const { inventory, cloud } = await inventoryOf(fleet, everywhere);
    await expect(inventory.list()).resolves.toHaveLength(10_000);
    expect(cloud.calls()).toMatchObject({
      DescribeInstanceInformation: 101,
      GetResources: 51,
      DescribeInstances: 50,
      DescribeCloudAssistantStatus: 100,
    });
  });
});
