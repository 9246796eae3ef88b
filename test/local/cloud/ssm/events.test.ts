import { expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import { AWS_REGION, aws, endOf, eventually, fleetOf, send, ssmClient, startCloud } from '../harness.ts';

const [a, b] = [instanceIdFor('aws', 'a'), instanceIdFor('aws', 'b')];

interface Event {
  readonly 'detail-type': string;
  readonly detail: { readonly status: string; readonly 'command-id': string; readonly 'instance-id'?: string };
}

const setUp = async (options: object = {}) => {
  const events: Event[] = [];
  const onEvent = (event: unknown) => void events.push(event as Event);
  const cloud = await startCloud({
    fleet: fleetOf(aws('a', 'account: "111122223333"'), aws('b')),
    onEvent,
    ...options,
  });
  return { cloud, events, client: ssmClient(cloud.ssmEndpoint) };
};

test('a command tells when it begins and when it is over, in the shape of EventBridge', async () => {
  const { client, events } = await setUp();
  const commandId = await send(client, [a, b], 'exit 1', { MaxErrors: '2' });
  await eventually(() => (events.length >= 2 ? true : undefined));
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'EC2 Command Status-change Notification',
      source: 'aws.ssm',
      account: '111122223333',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: AWS_REGION,
      resources: [`arn:aws:ec2:${AWS_REGION}:111122223333:instance/${a}`],
      detail: {
        'command-id': commandId,
        'document-name': 'AWS-RunShellScript',
        'expire-after': expect.stringMatching(/\.\d{3}Z$/),
        parameters: { commands: ['exit 1'] },
        'requested-date-time': expect.stringMatching(/\.\d{3}Z$/),
        status: 'InProgress',
      },
    },
    expect.objectContaining({ detail: expect.objectContaining({ 'command-id': commandId, status: 'Success' }) }),
  ]);
});

test('each instance tells of its own when asked to', async () => {
  const { client, events } = await setUp({ perInstanceEvents: true });
  await endOf(client, await send(client, [b], 'true'), b);
  await eventually(() => (events.length >= 4 ? true : undefined));
  const own = events.filter((event) => event['detail-type'] === 'EC2 Command Invocation Status-change Notification');
  expect(own.map(({ detail }) => [detail['instance-id'], detail.status])).toEqual([
    [b, 'InProgress'],
    [b, 'Success'],
  ]);
});

test('events get lost, doubled, late and out of order on demand', async () => {
  const { cloud, client, events } = await setUp({ faults: { events: { duplicate: 1 } } });
  const run = async () => {
    events.length = 0;
    await endOf(client, await send(client, [b], 'true'), b);
  };
  await run();
  await eventually(() => (events.length === 4 ? true : undefined));
  cloud.setFaults({ events: { reorder: true } });
  await run();
  await eventually(() => (events.length === 2 ? true : undefined));
  expect(events.map((event) => event.detail.status)).toEqual(['Success', 'InProgress']);
  cloud.setFaults({ events: { lose: 1 } });
  await run();
  expect(events).toEqual([]);
  cloud.setFaults({ events: { delaySeconds: 0.1 } });
  await run();
  expect(events).toEqual([]);
  await eventually(() => (events.length === 2 ? true : undefined));
});
