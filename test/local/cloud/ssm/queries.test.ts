import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { instanceIdFor, parseFleet } from '#local/cloud/fleet.ts';
import { AWS_REGION, aws, endOf, eventually, fleetOf, refusal, send, ssmClient, startCloud } from '../harness.ts';

const a = instanceIdFor('aws', 'a');
const many = parseFleet(
  `generate: [{count: 60, name: 'web-{n}', cloud: aws, region: ${AWS_REGION}, tags: {app: shop}}]`,
  'fleet.yaml',
);

const setUp = async (fleet = fleetOf(aws('a'))) => {
  const cloud = await startCloud({ fleet });
  return { cloud, client: ssmClient(cloud.ssmEndpoint) };
};

describe('GetCommandInvocation', () => {
  test('knows its own commands, instances and plugins only', async () => {
    const { cloud, client } = await setUp();
    const CommandId = await send(client, [a], 'true');
    const get = (more: object, by = client) =>
      refusal(by.send(new GetCommandInvocationCommand({ CommandId, InstanceId: a, ...more })));
    expect(await get({})).toBe('accepted');
    expect(await get({ PluginName: 'aws:runShellScript' })).toBe('accepted');
    expect(await get({ PluginName: 'other' })).toBe('InvalidPluginName');
    expect(await get({ InstanceId: 'i-00000000000000000' })).toBe('InvocationDoesNotExist');
    expect(await get({ CommandId: '00000000-0000-4000-8000-000000000000' })).toBe('InvocationDoesNotExist');
    expect(await get({ CommandId: 'x' })).toBe('ValidationException');
    expect(await get({}, ssmClient(cloud.ssmEndpoint, { region: 'us-east-1' }))).toBe('InvocationDoesNotExist');
  });
});

describe('a key that is an account', () => {
  test('sends to the instances of that account, and sees its commands, and no others', async () => {
    const { cloud } = await setUp(fleetOf(aws('own'), aws('other', "account: '222222222222'")));
    const clientOf = (accessKeyId: string) => ssmClient(cloud.ssmEndpoint, { accessKeyId });
    const [own, other] = [clientOf('000000000000'), clientOf('222222222222')];
    const id = instanceIdFor('aws', 'other');
    const toOther = (by: typeof own) =>
      by.send(
        new SendCommandCommand({
          DocumentName: 'AWS-RunShellScript',
          InstanceIds: [id],
          Parameters: { commands: ['true'] },
        }),
      );
    expect(await refusal(toOther(own))).toBe('InvalidInstanceId');
    const CommandId = (await toOther(other)).Command?.CommandId;
    const get = (by: typeof own) => refusal(by.send(new GetCommandInvocationCommand({ CommandId, InstanceId: id })));
    expect([await get(own), await get(other)]).toEqual(['InvocationDoesNotExist', 'accepted']);
    const list = async (by: typeof own) => (await by.send(new ListCommandsCommand({}))).Commands?.length;
    expect([await list(own), await list(other)]).toEqual([0, 1]);
  });
});

describe('ListCommandInvocations', () => {
  test('pages through all instances of a command and ends with an empty token', async () => {
    const { client } = await setUp(many);
    const ids = many.instances.map((instance) => instance.id);
    const commandId = await send(client, [], 'echo hi', { Targets: [{ Key: 'tag:app', Values: ['shop'] }] });
    await eventually(async () => {
      const { Commands } = await client.send(new ListCommandsCommand({ CommandId: commandId }));
      return Commands?.[0]?.CompletedCount === 60 ? true : undefined;
    });
    const seen: string[] = [];
    let last: string | undefined;
    for await (const page of paginateListCommandInvocations(
      { client, pageSize: 25 },
      { CommandId: commandId, Details: true },
    )) {
      last = page.NextToken;
      expect(page.CommandInvocations?.length).toBeLessThanOrEqual(25);
      for (const row of page.CommandInvocations ?? []) {
        seen.push(row.InstanceId!);
        expect(row).toMatchObject({
          Status: 'Success',
          InstanceName: expect.stringMatching(/^web-/),
          CommandPlugins: [{ Output: 'hi\n' }],
        });
      }
    }
    expect(seen.sort()).toEqual([...ids].sort());
    expect(last).toBe('');
  });

  test('shows plugins only with details, filters, and refuses what the cloud refuses', async () => {
    const { client } = await setUp();
    const CommandId = await send(client, [a], 'exit 2');
    await endOf(client, CommandId, a);
    const list = (more: object) => client.send(new ListCommandInvocationsCommand({ CommandId, ...more }));
    expect((await list({})).CommandInvocations).toMatchObject([{ Status: 'Failed', CommandPlugins: [] }]);
    expect((await list({ Filters: [{ key: 'Status', value: 'Success' }] })).CommandInvocations).toEqual([]);
    expect((await list({ Filters: [{ key: 'Status', value: 'Failed' }] })).CommandInvocations).toHaveLength(1);
    expect(await refusal(list({ Filters: [{ key: 'ExecutionStage', value: 'Complete' }] }))).toBe('InvalidFilterKey');
    expect(await refusal(list({ MaxResults: 51 }))).toBe('ValidationException');
    expect(await refusal(list({ NextToken: 'bogus' }))).toBe('InvalidNextToken');
    expect((await list({ CommandId: '00000000-0000-4000-8000-000000000000' })).CommandInvocations).toEqual([]);
  });
});

describe('ListCommands', () => {
  test('finds commands by time and shows their comments, newest first', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const cloud = await startCloud({ fleet: fleetOf(aws('a')), clock: () => nowMs });
    const client = ssmClient(cloud.ssmEndpoint);
    const first = await send(client, [a], 'true', { Comment: 'inv-1' });
    nowMs += 60_000;
    const second = await send(client, [a], 'true', { Comment: 'inv-2' });
    const list = async (...filters: readonly [string, string][]) => {
      const { Commands } = await client.send(
        new ListCommandsCommand(
          filters.length === 0 ? {} : { Filters: filters.map(([key, value]) => ({ key: key as 'Status', value })) },
        ),
      );
      return Commands?.map((command) => [command.CommandId, command.Comment]);
    };
    expect(await list()).toEqual([
      [second, 'inv-2'],
      [first, 'inv-1'],
    ]);
    expect(await list(['InvokedAfter', '2026-01-01T00:00:30Z'])).toEqual([[second, 'inv-2']]);
    expect(await list(['InvokedBefore', '2026-01-01T00:00:30Z'])).toEqual([[first, 'inv-1']]);
    await endOf(client, first, a);
    await endOf(client, second, a);
    expect(await list(['ExecutionStage', 'Complete'], ['DocumentName', 'AWS-RunShellScript'])).toHaveLength(2);
    expect(await list(['Status', 'Failed'])).toEqual([]);
    expect(await refusal(list(['Colour', 'red']))).toBe('InvalidFilterKey');
  });
});

describe('DescribeInstanceInformation', () => {
  test('pages from 5 to 50, ten at first', async () => {
    const { client } = await setUp(many);
    const sizes: number[] = [];
    for await (const page of paginateDescribeInstanceInformation({ client, pageSize: 50 }, {}))
      sizes.push(page.InstanceInformationList!.length);
    expect(sizes).toEqual([50, 10]);
    const describe = (MaxResults?: number) =>
      client.send(new DescribeInstanceInformationCommand(MaxResults === undefined ? {} : { MaxResults }));
    expect((await describe()).InstanceInformationList).toHaveLength(10);
    expect(await refusal(describe(4))).toBe('ValidationException');
    expect(await refusal(describe(51))).toBe('ValidationException');
  });

  test('tells whether the agent answers and on what platform', async () => {
    const fleet = fleetOf(
      aws('a', 'address: 10.0.0.1'),
      aws('off', 'behaviour: {offline: true}, tags: {app: shop}'),
      aws('win', 'os: windows'),
      'name: far, cloud: aws, region: us-east-1',
    );
    const { client } = await setUp(fleet);
    const rows = async (...filters: readonly [string, string[]][]) => {
      const input = filters.length === 0 ? {} : { Filters: filters.map(([Key, Values]) => ({ Key, Values })) };
      return (await client.send(new DescribeInstanceInformationCommand(input))).InstanceInformationList;
    };
    expect(await rows()).toHaveLength(3);
    expect(await rows(['InstanceIds', [a, 'i-00000000000000000']])).toMatchObject([
      {
        InstanceId: a,
        PingStatus: 'Online',
        PlatformType: 'Linux',
        ResourceType: 'EC2Instance',
        IPAddress: '10.0.0.1',
        LastPingDateTime: expect.any(Date),
      },
    ]);
    expect(await rows(['PingStatus', ['ConnectionLost']])).toMatchObject([{ ComputerName: 'off' }]);
    expect(await rows(['PlatformTypes', ['Windows']])).toMatchObject([{ ComputerName: 'win' }]);
    expect(await rows(['tag:app', ['shop']])).toMatchObject([{ ComputerName: 'off' }]);
    expect(await rows(['tag-key', ['app']])).toHaveLength(1);
    expect(await refusal(rows(['tag:app', ['shop']], ['PingStatus', ['Online']]))).toBe(
      'InvalidInstanceInformationFilterValue',
    );
    expect(await refusal(rows(['Colour', ['red']]))).toBe('InvalidFilterKey');
  });
});
